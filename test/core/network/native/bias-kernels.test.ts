import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { record } from '../../../../core/training/compiled/tracer/record.js';
import { requireNative } from '../../../support/layers-models.js';

const tf = loadTensorFlow();

/** What a function gives, and the operations that TensorFlow ran for it. */
function recorded(act: () => Tensor): { readonly values: number[]; readonly shape: number[]; readonly ops: string[] } {
  return tf.tidy(() => {
    const { result, recording } = record(requireNative(), act);
    const ops = recording.events.flatMap((event) => (event.kind === 'operation' ? [event.name] : []));
    return { values: [...result.dataSync()], shape: result.shape, ops };
  });
}

describe('sums with a bias', () => {
  const matrix = () =>
    tf.tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);

  it('given a vector for the last axis, then BiasAdd adds it, and its gradient is the sum over the other axes', () => {
    expect(recorded(() => matrix().add(tf.tensor1d([10, 20])))).toEqual({
      values: [11, 22, 13, 24, 15, 26],
      shape: [3, 2],
      ops: ['BiasAdd'],
    });
    const slope = (): Tensor => tf.grad((b) => matrix().add(b).square().sum())(tf.tensor1d([10, 20]));
    const { values, shape, ops } = recorded(slope);
    expect({ values, shape }).toEqual({ values: [78, 144], shape: [2] });
    expect(ops).toContain('BiasAddGrad');
  });

  it.each([
    ['a vector first', () => tf.tensor1d([10, 20]).add(matrix())],
    ['a vector of one entry', () => matrix().add(tf.tensor1d([10]))],
    ['a scalar', () => matrix().add(10)],
    ['two matrices', () => matrix().add(matrix())],
    [
      'whole numbers',
      () =>
        matrix()
          .toInt()
          .add(tf.tensor1d([10, 20], 'int32')),
    ],
    ['two vectors', () => tf.tensor1d([1, 2]).add(tf.tensor1d([10, 20]))],
  ])('given %s, then it is added as before', (_, act) => {
    const { ops, values } = recorded(act);
    expect(ops).not.toContain('BiasAdd');
    expect(values[0]).toBeGreaterThan(1);
  });

  it.each([
    ['the first axis', () => matrix().sum(0), [9, 12], true],
    ['the first axes of a cube', () => matrix().reshape([3, 1, 2]).sum([0, 1]), [9, 12], true],
    ['axes counted from the end', () => matrix().reshape([3, 1, 2]).sum([-3, -2]), [9, 12], true],
    ['the last axis', () => matrix().sum(1), [3, 7, 11], false],
    ['all axes', () => matrix().sum(), [21], false],
    ['the first axis, which stays', () => matrix().sum(0, true), [9, 12], false],
    ['whole numbers', () => matrix().toInt().sum(0), [9, 12], false],
  ] as const)('given a sum over %s, then it is right', (_, act, expected, isOfBias) => {
    const { ops, values } = recorded(act);
    expect(values).toEqual(expected);
    expect(ops.includes('BiasAddGrad')).toBe(isOfBias);
  });
});
