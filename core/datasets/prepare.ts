import { PrunefrontError } from '../errors.js';
import type { ArtifactStore } from '../store/artifact-store.js';
import { decodeSafetensors, encodeSafetensors, type TensorData } from '../store/safetensors.js';
import type { DatasetSource, FoldedSplit, HeldOutSplit } from '../sweep/spec.js';
import type { TaskName } from '../sweep/task.js';
import type { Dataset } from './dataset.js';
import { readDataset } from './index.js';
import { type SplitIndices, splitByLabel, splitIntoFolds } from './split.js';

/** A data set with its split, ready to train on. */
export type PreparedData = Dataset & SplitIndices;

/** What a prepared data set is, in small numbers. */
export interface PreparedSummary {
  /** Blob key. */
  readonly key: string;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly exampleShape: readonly number[];
  readonly classes: number;
}

/**
 * Reads, checks and splits a data set, and stores it under the hash of its content. Only a classification has labels that a split can
 * keep in proportion.
 * @throws PrunefrontError `PRUNEFRONT_DATA_*`, `PRUNEFRONT_STORE_*`
 */
export async function prepareDataset(
  source: DatasetSource,
  split: HeldOutSplit,
  store: ArtifactStore,
  task: TaskName = 'classification',
): Promise<PreparedSummary> {
  const dataset = await readDataset(source, task);
  const { labels, classes } = dataset;
  const indices = splitByLabel(labels, classes, split);
  const tensors = new Map([...exampleTensors(dataset, task), ...indexTensors(indices)]);
  const key = await store.putBlob(encodeSafetensors(tensors, { classes: String(classes) }));
  return summaryOf(key, dataset, indices);
}

/**
 * Reads, checks and divides a data set into folds; returns the prepared data set of each. Their examples are in the store once, in an
 * artifact that all of them name.
 * @throws PrunefrontError `PRUNEFRONT_DATA_*`, `PRUNEFRONT_STORE_*`
 */
export async function prepareFolds(
  source: DatasetSource,
  split: FoldedSplit,
  store: ArtifactStore,
  task: TaskName = 'classification',
): Promise<readonly PreparedSummary[]> {
  const dataset = await readDataset(source, task);
  const { labels, classes } = dataset;
  const folds = splitIntoFolds(labels, classes, split);
  const examples = await store.putBlob(encodeSafetensors(exampleTensors(dataset, task), {}));
  return Promise.all(
    folds.map(async (indices) => {
      const metadata = { classes: String(classes), examples };
      return summaryOf(await store.putBlob(encodeSafetensors(indexTensors(indices), metadata)), dataset, indices);
    }),
  );
}

function exampleTensors(
  { x, exampleShape, labels: given, targets }: Dataset,
  task: TaskName,
): ReadonlyMap<string, TensorData> {
  const labels = task === 'reconstruction' ? given.map((_, number) => number) : given;
  const shape = [labels.length, ...exampleShape];
  const tensors = new Map<string, TensorData>([
    ['x', x instanceof Uint8Array ? { dtype: 'uint8', shape, data: x } : { dtype: 'float32', shape, data: x }],
    ['labels', { dtype: 'int32', shape: [labels.length], data: labels }],
  ]);
  if (targets !== undefined) {
    const { values, shape: own } = targets;
    tensors.set('targets', { dtype: 'float32', shape: [labels.length, ...own], data: values });
  }
  return tensors;
}

function indexTensors(indices: SplitIndices): ReadonlyMap<string, TensorData> {
  const entries = Object.entries(indices) as [string, Int32Array][];
  return new Map(entries.map(([name, data]) => [name, { dtype: 'int32', shape: [data.length], data }]));
}

function summaryOf(
  key: string,
  { exampleShape, classes }: Dataset,
  { train, validation, test }: SplitIndices,
): PreparedSummary {
  return {
    key,
    train: train.length,
    validation: validation.length,
    test: test.length,
    exampleShape,
    classes,
  };
}

/**
 * A prepared data set from the store, in memory that threads can share.
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_MISSING`, `PRUNEFRONT_ARTIFACT_CORRUPT`
 */
export async function loadPrepared(store: ArtifactStore, key: string): Promise<PreparedData> {
  const decode = async (blob: string) =>
    decodeSafetensors(await store.getBlob(blob), (size) => new SharedArrayBuffer(size));
  const { tensors: own, metadata } = await decode(key);
  const { examples } = metadata;
  const tensors = new Map([...own, ...(examples === undefined ? [] : (await decode(examples)).tensors)]);
  const integers = (name: string): Int32Array => {
    const tensor = tensors.get(name);
    if (tensor?.dtype === 'int32') return tensor.data;
    throw new PrunefrontError('PRUNEFRONT_ARTIFACT_CORRUPT', `The prepared data set has no ${name}`, { place: key });
  };
  const x = tensors.get('x');
  if (x === undefined || x.dtype === 'int32')
    throw new PrunefrontError('PRUNEFRONT_ARTIFACT_CORRUPT', 'The prepared data set has no examples', { place: key });
  const targets = tensors.get('targets');
  return {
    x: x.data,
    exampleShape: x.shape.slice(1),
    labels: integers('labels'),
    classes: Number(metadata['classes']),
    ...(targets?.dtype === 'float32' ? { targets: { values: targets.data, shape: targets.shape.slice(1) } } : {}),
    train: integers('train'),
    validation: integers('validation'),
    test: integers('test'),
  };
}
