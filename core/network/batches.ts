import type { Tensor } from '@tensorflow/tfjs';
import { targetShape } from '../datasets/dataset.js';
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

/**
 * Inputs [n, ...shape] as float32 (bytes become 0 to 1), and targets of the examples at `indices`: labels as int32 [n], or the numbers of
 * a regression as float32 [n, outputs]. The caller disposes both.
 */
export function gatherBatch(tf: Tf, data: PreparedData, indices: Int32Array): { x: Tensor; y: Tensor } {
  const [stored, targets] = gatherColumns(data, indices);
  return {
    x: tf.tensor(scaled(stored), [indices.length, ...data.exampleShape], 'float32'),
    y: tf.tensor(targets, [indices.length, ...targetShape(data)], targets instanceof Int32Array ? 'int32' : 'float32'),
  };
}

/** Inputs and targets of the examples at `indices` as they are stored. */
export function gatherColumns(
  { x, labels, targets }: PreparedData,
  indices: Int32Array,
): [x: Uint8Array | Float32Array, targets: Int32Array | Float32Array] {
  const size = x.length / labels.length;
  const length = indices.length * size;
  const values = x instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  gather(x, values, indices, size);
  if (targets === undefined) return [values, indices.map((index) => labels[index] ?? 0)];
  const outputs = targets.values.length / labels.length;
  const wanted = new Float32Array(indices.length * outputs);
  gather(targets.values, wanted, indices, outputs);
  return [values, wanted];
}

function gather<A extends Uint8Array | Float32Array>(from: A, to: A, indices: Int32Array, size: number): void {
  indices.forEach((index, row) => {
    to.set(from.subarray(index * size, (index + 1) * size), row * size);
  });
}

/** Bytes from 0 to 1; a loop, because Float32Array.from takes many times as long. */
function scaled(stored: Uint8Array | Float32Array): Float32Array {
  if (stored instanceof Float32Array) return stored;
  const values = new Float32Array(stored.length);
  for (let i = 0; i < values.length; i++) values[i] = (stored[i] as number) * BYTE_SCALE;
  return values;
}

/** `indices` cut into pieces of `size`; the last may be shorter. */
export function* batchesOf(indices: Int32Array, size: number): Generator<Int32Array> {
  for (let from = 0; from < indices.length; from += size) yield indices.subarray(from, from + size);
}
