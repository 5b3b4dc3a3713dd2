import type { NamedBytes } from '../../../core/named-bytes.js';

const CHUNK_BYTES = 64 * 1024;

/** A part of a file on its way to a caller. */
export interface FileChunk {
  readonly fileName: string;
  readonly chunk: Buffer;
}

/** Files in chunks, one after the other. An empty file is one empty chunk. */
export function* chunksOf(files: readonly NamedBytes[]): Generator<FileChunk> {
  for (const { name, bytes } of files) {
    for (let from = 0; from < Math.max(1, bytes.length); from += CHUNK_BYTES)
      yield { fileName: name, chunk: Buffer.from(bytes.subarray(from, from + CHUNK_BYTES)) };
  }
}
