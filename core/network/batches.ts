import type { Tensor } from '@tensorflow/tfjs';
import type { PreparedData } from '../datasets/prepare.js';
import { createRandom } from '../random.js';
import type { Tf } from './tf.js';

/** Order of the training examples in an epoch: a permutation that only the seed and the epoch decide, so that a resumed stage sees the same one. */
export function epochOrder(examples: Uint32Array | Int32Array, seed: number, epoch: number): Int32Array {
  const order = Int32Array.from(examples);
  const random = createRandom(seed * 7919 + epoch + 1);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    const swapped = order[i] as number;
    order[i] = order[j] as number;
    order[j] = swapped;
  }
  return order;
}

/** What a byte is multiplied with to become a number from 0 to 1: a product rounds the same in JavaScript and in TensorFlow, a division does not. */
export const BYTE_SCALE = Math.fround(1 / 255);

/** Inputs [n, ...shape] as float32 (bytes become 0 to 1) and labels [n] as int32 of the examples at `indices`. The caller disposes both. */
export function gatherBatch(tf: Tf, data: PreparedData, indices: Int32Array): { x: Tensor; y: Tensor } {
  const size = data.exampleShape.reduce((product, n) => product * n, 1);
  const values = new Float32Array(indices.length * size);
  const labels = new Int32Array(indices.length);
  indices.forEach((index, row) => {
    const from = index * size;
    const to = row * size;
    if (data.x instanceof Uint8Array)
      for (let i = 0; i < size; i++) values[to + i] = (data.x[from + i] as number) * BYTE_SCALE;
    else values.set(data.x.subarray(from, from + size), to);
    labels[row] = data.labels[index] as number;
  });
  return {
    x: tf.tensor(values, [indices.length, ...data.exampleShape], 'float32'),
    y: tf.tensor(labels, [indices.length], 'int32'),
  };
}

/** Inputs and labels of the examples at `indices` as they are stored. */
export function gatherColumns(
  { x, labels }: PreparedData,
  indices: Int32Array,
): [x: Uint8Array | Float32Array, labels: Int32Array] {
  const size = x.length / labels.length;
  const length = indices.length * size;
  const values = x instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  indices.forEach((index, row) => {
    values.set(x.subarray(index * size, (index + 1) * size), row * size);
  });
  return [values, indices.map((index) => labels[index] ?? 0)];
}

/** `indices` cut into pieces of `size`; the last may be shorter. */
export function* batchesOf(indices: Int32Array, size: number): Generator<Int32Array> {
  for (let from = 0; from < indices.length; from += size) yield indices.subarray(from, from + size);
}
