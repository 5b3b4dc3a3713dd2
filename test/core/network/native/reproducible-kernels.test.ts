import type { Tensor4D } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { gradientOfRepetition } from '../../../../core/network/native/reproducible-kernels.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';

const tf = loadTensorFlow();

describe('gradient of repeated pixels', () => {
  it.each([
    [2, 3],
    [1, 2],
    [1, 1],
  ])('given %i by %i repetitions, then it is that of TensorFlow', (rows, columns) => {
    const images = tf.range(0, 2 * 3 * 2 * 2).reshape([2, 3, 2, 2]) as Tensor4D;
    const dy = tf.range(0, 24 * rows * columns).reshape([2, 3 * rows, 2 * columns, 2]);
    const resize = (x: Tensor4D): Tensor4D => tf.image.resizeNearestNeighbor(x, [3 * rows, 2 * columns]);
    const expected = tf.grad((x) => resize(x as Tensor4D))(images, dy as Tensor4D);
    expect(gradientOfRepetition(images, dy).dataSync()).toEqual(expected.dataSync());
  });
});
