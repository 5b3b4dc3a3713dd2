import type { ExportedFile } from './exports.js';

const CHUNK_BYTES = 64 * 1024;

/** What a stream of files is written to. */
export interface FileStream {
  write(message: { fileName: string; chunk: Buffer }): boolean;
  once(event: 'drain', done: () => void): unknown;
}

/** Sends files in chunks, waiting where the client reads slowly, until the signal says that it reads no more. An empty file is one empty chunk. */
export async function sendFiles(
  stream: FileStream,
  files: readonly ExportedFile[],
  signal: AbortSignal,
): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  for (const { name, bytes } of files) {
    for (let from = 0; from < Math.max(1, bytes.length); from += CHUNK_BYTES) {
      const more = stream.write({ fileName: name, chunk: Buffer.from(bytes.subarray(from, from + CHUNK_BYTES)) });
      // A client that has gone never drains.
      if (!more) await Promise.race([new Promise<void>((resolve) => stream.once('drain', resolve)), gone]);
      if (signal.aborted) return;
    }
  }
}
