import { nameOf, Registry, settingsOf } from '../registry/index.js';
import type { DatasetSource } from '../sweep/spec.js';
import type { TaskName } from '../sweep/task.js';
import { CSV } from './csv.js';
import { checkDataset, type Dataset } from './dataset.js';
import { IDX } from './idx.js';
import { MNIST } from './mnist.js';
import { NPY, NPZ } from './npy.js';
import type { Reader } from './reader.js';
import { readerChoice } from './source.js';

/** Every reader of data. */
export const READERS = new Registry<Reader>('reader', [MNIST, IDX, CSV, NPZ, NPY]);

/**
 * Reads the examples that a spec names. A classification reads classes of their labels, a regression numbers, and a reconstruction has no
 * use for them.
 * @throws PrunefrontError `PRUNEFRONT_DATA_NOT_FOUND`, `PRUNEFRONT_DATA_FORMAT`, `PRUNEFRONT_DATA_LABEL`, `PRUNEFRONT_DATA_SHAPE`
 */
export async function readDataset(source: DatasetSource, task: TaskName = 'classification'): Promise<Dataset> {
  const choice = readerChoice(source);
  const reader = READERS.get(nameOf(choice));
  const found = await reader.read(settingsOf(choice), task);
  // Those of Prunefront know better where in their files an example is.
  return READERS.originOf(reader.name) === null ? found : checkDataset(found, `reader ${reader.name}`);
}

export type { Reader } from './reader.js';
