import { resolve } from 'node:path';
import type { DatasetSource, SweepSpec } from '../sweep/spec.js';

/** The spec with absolute paths. */
export function resolvePaths(spec: SweepSpec, baseFolder: string): SweepSpec {
  const { model, dataset } = spec;
  return {
    ...spec,
    model: 'file' in model ? { file: resolve(baseFolder, model.file) } : model,
    dataset: resolveDataset(dataset, (path) => resolve(baseFolder, path)),
  };
}

function resolveDataset(dataset: DatasetSource, absolute: (path: string) => string): DatasetSource {
  if ('builtin' in dataset) return dataset;
  if ('idx' in dataset) return { idx: { images: absolute(dataset.idx.images), labels: absolute(dataset.idx.labels) } };
  if ('csv' in dataset) return { csv: { ...dataset.csv, file: absolute(dataset.csv.file) } };
  if ('npz' in dataset) return { npz: { ...dataset.npz, file: absolute(dataset.npz.file) } };
  return { npy: { x: absolute(dataset.npy.x), y: absolute(dataset.npy.y) } };
}
