import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { PrunefrontError } from '../core/errors.js';
import type { SpecSource } from '../proto/generated/prunefront/v1/SpecSource.js';

/** A spec file as the gateway takes it; relative paths in it start from its own folder. */
export async function readSpec(file: string): Promise<SpecSource> {
  try {
    return { text: await readFile(file, 'utf8'), fileName: file, baseFolder: dirname(resolve(file)) };
  } catch (error) {
    const found = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new PrunefrontError('PRUNEFRONT_USAGE', 'The spec file cannot be read', {
      place: file,
      found,
      allowed: 'a YAML or JSON file',
    });
  }
}
