import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { record } from '../../../../core/training/compiled/tracer/record.js';
import { requireNative } from '../../../support/layers-models.js';

const tf = loadTensorFlow();
const A = [
  [1, 2, 3],
  [4, 5, 6],
];
const B = [
  [1, 0],
  [2, -1],
  [0, 3],
];
const PRODUCT = [
  [5, 7],
  [14, 13],
];

function transposed(rows: readonly (readonly number[])[]): number[][] {
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? 0));
}

/** The product, and the operations that computed it. */
function multiplied(a: Tensor, b: Tensor, transposeA = false, transposeB = false) {
  const { result, recording } = record(requireNative(), () => tf.matMul(a, b, transposeA, transposeB));
  const operations = recording.events.flatMap((event) => (event.kind === 'operation' ? [event.name] : []));
  return { values: result.arraySync(), operations };
}

describe('matrix product', () => {
  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('given two matrices (transposed: %s, %s), then it is one MatMul', (transposeA, transposeB) => {
    const a = tf.tensor2d(transposeA ? transposed(A) : A);
    const b = tf.tensor2d(transposeB ? transposed(B) : B);
    expect(multiplied(a, b, transposeA, transposeB)).toEqual({ values: PRODUCT, operations: ['MatMul'] });
  });

  it('given a batch of one, then it is a MatMul, too, and the result a batch of one', () => {
    const { values, operations } = multiplied(tf.tensor3d([A]), tf.tensor3d([B]));
    expect(values).toEqual([PRODUCT]);
    expect(operations).toContain('MatMul');
    expect(operations).not.toContain('BatchMatMulV2');
  });

  it('given batches, then it is the product of batches, and a matrix goes with each', () => {
    const { values, operations } = multiplied(tf.tensor3d([A, A]), tf.tensor3d([B]));
    expect(values).toEqual([PRODUCT, PRODUCT]);
    expect(operations).toContain('BatchMatMulV2');
  });

  it('given a product, then nothing is left behind but the result', () => {
    const [a, b] = [tf.tensor3d([A]), tf.tensor3d([B])];
    const before = tf.memory().numTensors;
    const product = tf.matMul(a, b);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([a, b, product]);
  });
});
