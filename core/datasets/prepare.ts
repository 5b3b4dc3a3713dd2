import { PrunefrontError } from '../errors.js';
import type { ArtifactStore } from '../store/artifact-store.js';
import { decodeSafetensors, encodeSafetensors, type TensorData } from '../store/safetensors.js';
import type { DatasetSource, Split } from '../sweep/spec.js';
import type { TaskName } from '../sweep/task.js';
import type { Dataset } from './dataset.js';
import { readDataset } from './index.js';
import { type SplitIndices, splitByLabel } from './split.js';

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
  split: Split,
  store: ArtifactStore,
  task: TaskName = 'classification',
): Promise<PreparedSummary> {
  const { x, exampleShape, labels: given, classes, targets } = await readDataset(source, task);
  const indices = splitByLabel(given, classes, split);
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
  for (const [name, data] of Object.entries(indices) as [string, Int32Array][])
    tensors.set(name, { dtype: 'int32', shape: [data.length], data });
  const key = await store.putBlob(encodeSafetensors(tensors, { classes: String(classes) }));
  return {
    key,
    train: indices.train.length,
    validation: indices.validation.length,
    test: indices.test.length,
    exampleShape,
    classes,
  };
}

/**
 * A prepared data set from the store, in memory that threads can share.
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_MISSING`, `PRUNEFRONT_ARTIFACT_CORRUPT`
 */
export async function loadPrepared(store: ArtifactStore, key: string): Promise<PreparedData> {
  const { tensors, metadata } = decodeSafetensors(await store.getBlob(key), (size) => new SharedArrayBuffer(size));
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
