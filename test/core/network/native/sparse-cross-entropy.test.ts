import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { nativeBackend } from '../../../../core/network/native/backend.js';
import { nativeCrossEntropies, nativeCrossEntropy } from '../../../../core/network/native/sparse-cross-entropy.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';

const tf = loadTensorFlow();
const backend = nativeBackend(tf);
if (backend === null) throw new Error('no TensorFlow');
const onCpu = Object.assign(Object.create(backend), { isUsingGpuDevice: false }) as typeof backend;
const onGpu = Object.assign(Object.create(backend), { isUsingGpuDevice: true }) as typeof backend;

const logits = tf.tensor2d([
  [1, -2, 0.5],
  [40, -40, 0],
  [0, 0, 0],
]);
const labels = tf.tensor1d([0, 1, 2], 'int32') as Tensor1D;

function expectClose(found: Tensor, expected: Tensor): void {
  const [a, b] = [found.dataSync(), expected.dataSync()];
  expect(a.length).toBe(b.length);
  a.forEach((value, i) => {
    expect(Math.abs(value - (b[i] ?? Number.NaN))).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value)));
  });
}

describe('softmax cross-entropy', () => {
  it('given a GPU, whose kernel is not reproducible, then other operations give the same values and gradients', () => {
    const weights = tf.tensor1d([1, 2, 3]);
    const sum = (own: typeof backend) => (x: Tensor) => nativeCrossEntropies(tf, own, x, labels).mul(weights).sum();
    const mean = (own: typeof backend) => (x: Tensor) => nativeCrossEntropy(tf, own, x, labels);
    expectClose(nativeCrossEntropies(tf, onGpu, logits, labels), nativeCrossEntropies(tf, onCpu, logits, labels));
    for (const of of [sum, mean]) expectClose(tf.grad(of(onGpu))(logits), tf.grad(of(onCpu))(logits));
  });

  it('given no label of its own class, then the loss is the distance of the logits', () => {
    const [, far] = nativeCrossEntropies(tf, onGpu, logits, labels).dataSync();
    expect(far).toBeCloseTo(80, 4);
  });

  it.each([
    ['another class', [2], 0.1269],
    ['the class itself', [1], Number.POSITIVE_INFINITY],
  ])('given %s with a probability of zero, then the loss is that of the kernel', (_, own, loss) => {
    const impossible = tf.tensor2d([[1, Number.NEGATIVE_INFINITY, 3]]);
    const label = tf.tensor1d(own, 'int32') as Tensor1D;
    for (const device of [onCpu, onGpu])
      expect(nativeCrossEntropies(tf, device, impossible, label).dataSync()[0]).toBeCloseTo(loss, 4);
  });
});
