import { describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';

const tf = loadTensorFlow();

describe('the gradient of unstacking', () => {
  it.each([
    [[1, 2], 0],
    [[2, 1], 1],
    [[3, 2], 0],
    [[2, 3], 1],
  ])('given entries of %j along axis %i, then it is the gradients of the entries, stacked', (shape, axis) => {
    const x = tf.range(1, 1 + (shape[0] ?? 1) * (shape[1] ?? 1)).reshape(shape);
    const gradient = tf.grad((given) => tf.addN(tf.unstack(given, axis).map((entry, i) => entry.square().mul(i + 1))));
    const places = tf.range(1, 1 + (shape[axis] ?? 1)).reshape(axis === 0 ? [-1, 1] : [1, -1]);
    expect(gradient(x).arraySync()).toEqual(x.mul(2).mul(places).arraySync());
  });
});
