import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { deviceName, loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { record } from '../../../../core/training/compiled/tracer/record.js';
import { requireNative } from '../../../support/layers-models.js';

const tf = loadTensorFlow();

/** What a function gives, and what was noted of it. */
function recorded(act: () => Tensor): {
  readonly values: number[];
  readonly shape: number[];
  readonly wasReadBack: boolean;
} {
  return tf.tidy(() => {
    const { result, recording } = record(requireNative(), act);
    return { values: [...result.dataSync()], shape: result.shape, wasReadBack: recording.wasReadBack };
  });
}

describe('kernels that a graph can hold', () => {
  it('given indices that TensorFlow has, when it gathers, then nothing is read back, and the entries are the right ones', () => {
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const indices = tf.tensor1d([1, -1], 'int32').add(tf.scalar(1, 'int32')) as import('@tensorflow/tfjs').Tensor1D;
    expect(recorded(() => tf.gather(x, indices))).toEqual({ values: [5, 6, 1, 2], shape: [2, 2], wasReadBack: false });
    const columns = tf.tensor1d([1], 'int32');
    expect(recorded(() => tf.gather(x, columns, 1))).toMatchObject({ values: [2, 4, 6], shape: [3, 1] });
    const grid = tf.tensor2d(
      [
        [0, 1],
        [1, 0],
        [0, 0],
      ],
      [3, 2],
      'int32',
    );
    expect(recorded(() => tf.gather(x, grid, 1, 1))).toMatchObject({ values: [1, 2, 4, 3, 5, 5], shape: [3, 2] });
    tf.dispose([x, indices, columns, grid]);
  });

  it('given a gather, then its gradient adds up where an index comes twice', () => {
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const indices = tf.tensor1d([2, 0, 2], 'int32');
    const slope = tf.grad((own) => tf.gather(own, indices).square().sum())(x);
    expect([...slope.dataSync()]).toEqual([2, 4, 0, 0, 20, 24]);
    tf.dispose([x, indices, slope]);
  });

  it.runIf(deviceName(tf) === 'TensorFlow CPU')('given an index out of range, then TensorFlow refuses it', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const indices = tf.tensor1d([3], 'int32');
    expect(() => tf.gather(x, indices)).toThrow('indices[0] = 3 is not in [0, 3)');
    tf.dispose([x, indices]);
  });

  it('given any place for a new axis, then it is there, and tensors that are no floats keep their type', () => {
    const x = tf.tensor2d([[1, 2, 3]], [1, 3], 'int32');
    expect(tf.tidy(() => [0, 1, 2, -1].map((axis) => x.expandDims(axis).shape))).toEqual([
      [1, 1, 3],
      [1, 1, 3],
      [1, 3, 1],
      [1, 3, 1],
    ]);
    expect(tf.tidy(() => x.expandDims(1).dtype)).toBe('int32');
    expect(recorded(() => x.expandDims(0))).toMatchObject({ values: [1, 2, 3], wasReadBack: false });
    x.dispose();
  });
});
