import type { DatasetSource } from '../sweep/spec.js';
import type { TaskName } from '../sweep/task.js';
import { readCsv } from './csv.js';
import type { Dataset } from './dataset.js';
import { readIdx } from './idx.js';
import { readMnist } from './mnist.js';
import { readNpy, readNpz } from './npy.js';

type KeyOf<Source> = Source extends unknown ? keyof Source : never;
type Kind = KeyOf<DatasetSource>;
type OptionsOf<K extends Kind> = Extract<DatasetSource, Readonly<Record<K, unknown>>>[K & keyof DatasetSource];
type Reader<K extends Kind> = (options: OptionsOf<K>, task: TaskName) => Promise<Dataset>;

/** The reader of each kind of source. */
const READERS: { readonly [K in Kind]: Reader<K> } = {
  builtin: readMnist,
  idx: readIdx,
  csv: readCsv,
  npz: readNpz,
  npy: readNpy,
};

/**
 * Reads the examples that a spec names. A classification reads classes of their labels, a regression numbers, and a reconstruction has no
 * use for them.
 * @throws PrunefrontError `PRUNEFRONT_DATA_NOT_FOUND`, `PRUNEFRONT_DATA_FORMAT`, `PRUNEFRONT_DATA_LABEL`, `PRUNEFRONT_DATA_SHAPE`
 */
export async function readDataset(source: DatasetSource, task: TaskName = 'classification'): Promise<Dataset> {
  const [[kind, options] = []] = Object.entries(source) as [Kind, unknown][];
  // The key and its options belong together, which the type of entries does not say.
  return (READERS[kind as Kind] as (options: unknown, task: TaskName) => Promise<Dataset>)(options, task);
}
