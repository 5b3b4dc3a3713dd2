import type { Tensor, Tensor1D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { nativeBackend } from '../../../../core/network/native/backend.js';
import { nativeBatchNormalization } from '../../../../core/network/native/batch-normalization.js';
import { nativeCrossEntropies, nativeCrossEntropy } from '../../../../core/network/native/sparse-cross-entropy.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { createRandom } from '../../../../core/random.js';
import { logSoftmax } from '../../../../core/training/objectives/log-softmax.js';

const tf = loadTensorFlow();
const backend = nativeBackend(tf);
if (backend === null) throw new Error('no TensorFlow');

function random(shape: number[], seed: number): Tensor {
  const source = createRandom(seed);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => source.next() * 2 - 1),
    shape,
  );
}

const LABELS = tf.tensor1d([1, 0, 2], 'int32') as Tensor1D;
const STEP = 1e-2;

/** Kernels with inputs; of those with kinks the inputs are further from them than the step. */
const KERNELS: readonly (readonly [string, readonly Tensor[], (...inputs: Tensor[]) => Tensor])[] = [
  [
    'a convolution',
    [random([2, 5, 5, 2], 1), random([3, 3, 2, 3], 2)],
    (x, filter) => tf.conv2d(x as Tensor4D, filter as Tensor4D, 1, 'same'),
  ],
  [
    'a convolution with strides',
    [random([2, 6, 5, 2], 1), random([3, 2, 2, 3], 2)],
    (x, filter) => tf.conv2d(x as Tensor4D, filter as Tensor4D, [2, 1], 'valid'),
  ],
  [
    'a depthwise convolution',
    [random([2, 5, 5, 2], 1), random([3, 3, 2, 2], 2)],
    (x, filter) => tf.depthwiseConv2d(x as Tensor4D, filter as Tensor4D, 1, 'same'),
  ],
  [
    'max pooling',
    // Every entry of a window is far from the others.
    [
      random([1, 4, 4, 2], 3)
        .mul(0.01)
        .add(tf.range(0, 32).mul(7).mod(32).div(10).reshape([1, 4, 4, 2])),
    ],
    (x) => tf.maxPool(x as Tensor4D, 2, 2, 'valid'),
  ],
  ['average pooling', [random([2, 5, 5, 2], 1)], (x) => tf.avgPool(x as Tensor4D, 2, 2, 'same')],
  ['the sigmoid', [random([9], 1)], (x) => tf.sigmoid(x)],
  ['tanh', [random([9], 1)], (x) => tf.tanh(x)],
  ['exp', [random([9], 1)], (x) => tf.exp(x)],
  ['ELU', [tf.tensor1d([-1.2, -0.3, 0.4, 1.5])], (x) => tf.elu(x)],
  ['SELU', [tf.tensor1d([-1.2, -0.3, 0.4, 1.5])], (x) => tf.selu(x)],
  ['the softmax', [random([3, 4], 1)], (x) => tf.softmax(x)],
  ['its logarithm', [random([3, 4], 1)], (x) => logSoftmax(tf, x)],
  [
    'what is clipped',
    [tf.tensor1d([-1.2, -0.3, 0.4, 1.5])],
    (x) => x.clipByValue(-1, 1).mul(x.leakyRelu(0.1)).mul(x.relu6()),
  ],
  ['cross-entropy', [random([3, 4], 1)], (x) => nativeCrossEntropy(tf, backend, x, LABELS)],
  ['cross-entropies', [random([3, 4], 1)], (x) => nativeCrossEntropies(tf, backend, x, LABELS)],
  [
    'batch norm',
    [random([3, 2, 2, 2], 1), random([2], 2), random([2], 3)],
    (x, gamma, beta) => nativeBatchNormalization(tf, backend, x, gamma as Tensor, beta as Tensor, 0.1).y,
  ],
  [
    'batch norm of vectors',
    [random([6, 2], 1), random([2], 2), random([2], 3)],
    (x, gamma, beta) => nativeBatchNormalization(tf, backend, x, gamma as Tensor, beta as Tensor, 0.1).y,
  ],
];

describe.each(KERNELS)('the second derivative of %s', (_, inputs, kernel) => {
  it('given a direction, then it is what the gradients change by along it', () => {
    // Squares, so that the gradient of a linear kernel has a derivative, too.
    const gradients = (at: readonly Tensor[]): Tensor[] =>
      tf.grads((...own: Tensor[]) =>
        kernel(...own)
          .square()
          .mul(0.5)
          .add(kernel(...own))
          .sum(),
      )([...at]);
    const directions = inputs.map((input, i) => random(input.shape, 20 + i));
    const product = tf.grads((...own: Tensor[]) =>
      tf.addN(gradients(own).map((gradient, i) => gradient.mul(directions[i] ?? 0).sum())),
    )([...inputs]);
    const shifted = (step: number): Tensor[] =>
      gradients(inputs.map((input, i) => input.add(directions[i]?.mul(step) ?? 0)));
    const [up, down] = [shifted(STEP), shifted(-STEP)];
    product.forEach((found, i) => {
      const expected = up[i]?.sub(down[i] ?? 0).div(2 * STEP) ?? found.zerosLike();
      const scale = Math.max(1, expected.abs().max().dataSync()[0] ?? 1);
      expect(found.sub(expected).abs().max().dataSync()[0]).toBeLessThan(2e-3 * scale);
      expect(expected.abs().max().dataSync()[0]).toBeGreaterThan(1e-2);
    });
  });

  it('given only a first derivative, then it is what it was: that of the kernel by differences', () => {
    const value = (at: readonly Tensor[]): number =>
      kernel(...at)
        .sum()
        .dataSync()[0] ?? Number.NaN;
    const directions = inputs.map((input, i) => random(input.shape, 20 + i));
    const found = tf
      .grads((...own: Tensor[]) => kernel(...own).sum())([...inputs])
      .reduce(
        (sum, gradient, i) =>
          sum +
          (gradient
            .mul(directions[i] ?? 0)
            .sum()
            .dataSync()[0] ?? 0),
        0,
      );
    const shifted = (step: number): Tensor[] => inputs.map((input, i) => input.add(directions[i]?.mul(step) ?? 0));
    expect(found).toBeCloseTo((value(shifted(STEP)) - value(shifted(-STEP))) / (2 * STEP), 2);
  });
});

describe('a third derivative', () => {
  it('given max pooling, then tfjs refuses it instead of giving a wrong one', () => {
    const grad = (f: (x: Tensor) => Tensor) => (x: Tensor) => tf.grad((own) => f(own).sum())(x);
    const cube = (x: Tensor): Tensor => tf.maxPool(x as Tensor3D, 2, 2, 'valid').pow(3);
    expect(() => grad(grad(grad(cube)))(random([4, 4, 1], 1))).toThrow(/gradient/);
  });
});
