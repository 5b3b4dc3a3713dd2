import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelsAlong, oneChannel } from '../../../../core/compression/kernels.js';
import {
  fakeQuantizedActivation,
  fakeQuantizedWeight,
} from '../../../../core/compression/quantization/fake-quantization.js';
import { dequantize, gridOf, quantize } from '../../../../core/compression/quantization/quantize.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';

const tf = loadTensorFlow();
const SHAPE = [2, 3, 4] as const;
const weights = fc
  .array(fc.oneof(fc.constant(0), fc.float({ min: -100, max: 100, noNaN: true, noDefaultInfinity: true })), {
    minLength: 24,
    maxLength: 24,
  })
  // TensorFlow takes what is denormal for zero.
  .map((values) => Float32Array.from(values, (value) => (Math.abs(value) < 1e-30 ? 0 : value)));
const format = fc.record({
  scheme: fc.constantFrom('symmetric' as const, 'asymmetric' as const),
  bits: fc.integer({ min: 2, max: 16 }),
});

describe('fake quantization', () => {
  it('given any weights, axis and format, then it is bit for bit what the integers give, and leaves no tensor', () => {
    const before = tf.memory().numTensors;
    fc.assert(
      fc.property(weights, format, fc.constantFrom(null, 0, 1, 2), (values, own, axis) => {
        const channels = axis === null ? oneChannel(24) : channelsAlong(SHAPE, axis);
        const found = tf.tidy(() =>
          fakeQuantizedWeight(tf, tf.tensor(values, [...SHAPE]), channels, own).dataSync(),
        ) as Float32Array;
        // A zero has no sign in TensorFlow's product either way.
        expect([...found].map((value) => value + 0)).toEqual([...dequantize(quantize(values, channels, own))]);
      }),
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it('given weights, then the gradient passes straight through', () => {
    const gradient = tf.tidy(() =>
      tf
        .grad((x) =>
          fakeQuantizedWeight(tf, x, oneChannel(4), { scheme: 'symmetric', bits: 2 }).mul([1, 2, 3, 4]).sum(),
        )(tf.tensor1d([0.1, -5, 2, 0]))
        .dataSync(),
    );
    expect([...gradient]).toEqual([1, 2, 3, 4]);
  });

  it('given activations and a grid, then they lie on it, and the gradient passes within its range', () => {
    const own = { scheme: 'asymmetric', bits: 2 } as const;
    const grid = { ...own, ...gridOf({ min: -1, max: 2 }, own) };
    const x = tf.tensor1d([-2, -1, -0.4, 0, 0.6, 2, 3]);
    const [values, gradient] = tf.tidy(() => [
      [...fakeQuantizedActivation(tf, x, grid).dataSync()],
      [
        ...tf
          .grad((each) => fakeQuantizedActivation(tf, each, grid).sum())(x)
          .dataSync(),
      ],
    ]);
    x.dispose();
    expect(values).toEqual([-1, -1, 0, 0, 1, 2, 2]);
    expect(gradient).toEqual([0, 1, 1, 1, 1, 1, 0]);
  });
});
