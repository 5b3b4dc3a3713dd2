import type { DatasetSource } from '../sweep/spec.js';
import { readCsv } from './csv.js';
import type { Dataset } from './dataset.js';
import { readIdx } from './idx.js';
import { readMnist } from './mnist.js';
import { readNpy, readNpz } from './npy.js';

/**
 * Reads the examples that a spec names.
 * @throws PrunefrontError `PRUNEFRONT_DATA_NOT_FOUND`, `PRUNEFRONT_DATA_FORMAT`, `PRUNEFRONT_DATA_LABEL`, `PRUNEFRONT_DATA_SHAPE`
 */
export function readDataset(source: DatasetSource): Promise<Dataset> {
  if ('builtin' in source) return readMnist();
  if ('idx' in source) return readIdx(source.idx);
  if ('csv' in source) return readCsv(source.csv);
  if ('npz' in source) return readNpz(source.npz);
  return readNpy(source.npy);
}
