import { Zip, ZipDeflate } from 'fflate';
import type { FileChunk } from '../sweeps/file-stream.js';

/** The same files make the same archive. */
const NO_TIME = new Date(1980, 0, 1);

/** Files that come in chunks, as one .zip that leaves in chunks; nothing is held but what is being compressed. */
export async function* zipStream(folder: string, chunks: AsyncIterable<FileChunk>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const zip = new Zip((error, bytes) => {
    if (error !== null) throw error;
    if (bytes.length > 0) ready.push(bytes);
  });
  let open = new Map<string, ZipDeflate>();
  const end = (): void => {
    for (const entry of open.values()) entry.push(new Uint8Array(0), true);
  };
  for await (const { fileName, chunk } of chunks) {
    let entry = open.get(fileName);
    if (entry === undefined) {
      end();
      entry = new ZipDeflate(`${folder}/${fileName}`, { level: 6 });
      entry.mtime = NO_TIME;
      zip.add(entry);
      open = new Map([[fileName, entry]]);
    }
    entry.push(chunk);
    yield* ready.splice(0);
  }
  end();
  zip.end();
  yield* ready.splice(0);
}
