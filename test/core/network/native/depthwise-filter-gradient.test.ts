import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { depthwiseFilterGradient } from '../../../../core/network/native/depthwise-filter-gradient.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { Program } from '../../../../core/training/compiled/program/program.js';
import { trace } from '../../../../core/training/compiled/tracer/trace.js';
import { relativeDifference } from '../../../../core/training/engines/agreement.js';
import { requireNative, seedsOf } from '../../../support/layers-models.js';

const tf = loadTensorFlow();

const CASES = [
  { size: [7, 6], window: [3, 3], channels: 4, multiplier: 1, strides: 1, pad: 'same' },
  { size: [7, 6], window: [3, 3], channels: 4, multiplier: 1, strides: 2, pad: 'same' },
  { size: [8, 5], window: [3, 2], channels: 2, multiplier: 3, strides: [2, 1], pad: 'valid' },
  { size: [4, 4], window: [1, 1], channels: 1, multiplier: 2, strides: 1, pad: 'valid' },
] as const;

function inputsOf({ size, window, channels, multiplier, strides, pad }: (typeof CASES)[number]) {
  const x = tf.randomNormal([3, ...size, channels], 0, 1, 'float32', 1) as Tensor4D;
  const filterShape: [number, number, number, number] = [...window, channels, multiplier];
  const filter = tf.zeros(filterShape) as Tensor4D;
  const own = typeof strides === 'number' ? strides : ([...strides] as [number, number]);
  const forward = (weights: Tensor): Tensor => tf.depthwiseConv2d(x, weights as Tensor4D, own, pad);
  const dy = tf.randomNormal([...forward(filter).shape] as Tensor4D['shape'], 0, 1, 'float32', 2) as Tensor4D;
  return { x, dy, filter, forward, attributes: { strides: own, pad, filterShape } };
}

describe('the gradient of a depthwise filter, place by place', () => {
  it.each(CASES)(
    'given $size with a window of $window, strides of $strides and padding $pad, then it is that of TensorFlow',
    (given) => {
      tf.tidy(() => {
        const { x, dy, filter, forward, attributes } = inputsOf(given);
        const expected = tf.grad(forward)(filter, dy).dataSync();
        const found = depthwiseFilterGradient(tf, x, dy, attributes);
        expect(found.shape).toEqual(filter.shape);
        expect(relativeDifference(expected as Float32Array, found.dataSync() as Float32Array)).toBeLessThan(1e-6);
      });
    },
  );

  it('given a graph, then it can be a part of it', () => {
    const { x, dy, attributes } = inputsOf(CASES[1]);
    const seed = tf.tensor1d([1, 0], 'int32');
    const traced = trace(tf, requireNative(), new Map(), [x, dy, seed], () => [
      depthwiseFilterGradient(tf, x, dy, attributes),
    ]);
    const columns = [x, dy].map(({ shape }) => ({ dtype: 'float32' as const, exampleShape: shape.slice(1) }));
    const program = Program.load({
      ...{ backend: requireNative(), weights: new Map(), columns, rows: null, training: null },
      functions: [{ name: 'gradient', batchSize: 3, trace: traced }],
    });
    const values = [x, dy].map((each) => each.dataSync() as Float32Array);
    const { outputs } = program.call('gradient', { values }, seedsOf(1, 1));
    const [expected] = traced.outputs;
    expect(relativeDifference(expected?.values ?? new Float32Array(), outputs[0] ?? new Float32Array())).toBeLessThan(
      1e-6,
    );
    program.dispose();
  });
});
