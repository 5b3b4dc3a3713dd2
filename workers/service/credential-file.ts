import { readFileSync } from 'node:fs';
import { PrunefrontError } from '../../core/errors.js';

/**
 * The bytes of a certificate or key.
 * @param place - the option or variable that names the file
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where it cannot be read
 */
export function readCredential(place: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    const facts = { place, found };
    throw new PrunefrontError('PRUNEFRONT_USAGE', 'A certificate or key cannot be read', facts, { cause: error });
  }
}
