import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { weightFiles } from '../models/model-file.js';
import { hashesOfSpec } from '../plugins/plugin-hashes.js';
import type { SweepSpec } from '../sweep/spec.js';
import type { SpecPath } from './yaml-source.js';

/** The data files that a spec names, and where it does. */
export function dataFiles({ dataset }: SweepSpec): { readonly file: string; readonly path: SpecPath }[] {
  if ('builtin' in dataset) return [];
  if ('idx' in dataset) {
    return Object.entries(dataset.idx).map(([key, file]) => ({ file, path: ['dataset', 'idx', key] }));
  }
  if ('csv' in dataset) return [{ file: dataset.csv.file, path: ['dataset', 'csv', 'file'] }];
  if ('npz' in dataset) return [{ file: dataset.npz.file, path: ['dataset', 'npz', 'file'] }];
  return Object.entries(dataset.npy).map(([key, file]) => ({ file, path: ['dataset', 'npy', key] }));
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
