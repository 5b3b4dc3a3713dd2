import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { PrunefrontError } from '../errors.js';

/**
 * Bytes of a data file; gzip is undone by its magic number.
 * @throws PrunefrontError `PRUNEFRONT_DATA_NOT_FOUND`, `PRUNEFRONT_DATA_FORMAT`
 */
export async function readDataFile(path: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const found = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new PrunefrontError(
      'PRUNEFRONT_DATA_NOT_FOUND',
      'A data file cannot be read',
      { place: path, found },
      { cause: error },
    );
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new PrunefrontError(
      'PRUNEFRONT_DATA_FORMAT',
      'A gzip file is damaged or cut off',
      { place: path, found: String(error) },
      { cause: error },
    );
  }
}
