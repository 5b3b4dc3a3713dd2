import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { readerChoice } from '../datasets/source.js';
import { sourceFiles } from '../datasets/source-files.js';
import { weightFiles } from '../models/model-file.js';
import { hashesOfSpec } from '../plugins/plugin-hashes.js';
import { nameOf } from '../registry/index.js';
import type { SweepSpec } from '../sweep/spec.js';
import type { SpecPath } from './yaml-source.js';

/** The data files that a spec names, and where it does. */
export function dataFiles({ dataset }: SweepSpec): { readonly file: string; readonly path: SpecPath }[] {
  const reader = nameOf(readerChoice(dataset));
  return Object.entries(sourceFiles(dataset)).map(([key, file]) => ({ file, path: ['dataset', reader, key] }));
}

/**
 * SHA-256 of every file that a spec names, by path, and of the plugins that it names pieces of: with the spec it says what a sweep is, also
 * where a file has changed under its name.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_*` where the model cannot be read
 */
export async function fileHashes(spec: SweepSpec): Promise<Readonly<Record<string, string>>> {
  const { model } = spec;
  const modelFiles = 'zoo' in model ? [] : [model.file, ...(await weightFiles(model.file))];
  const files = [...modelFiles, ...dataFiles(spec).map(({ file }) => file)];
  const hashes = await Promise.all(files.map(async (file) => [file, await sha256(file)] as const));
  return { ...Object.fromEntries(hashes), ...hashesOfSpec(spec) };
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
