import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { straightThrough } from '../../../core/network/straight-through.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { CompiledRunner } from '../../../core/training/criteria/compiled-runner.js';
import { EagerRunner } from '../../../core/training/criteria/eager-runner.js';
import type { Measurement } from '../../../core/training/criteria/measurement.js';
import { examplesOf } from '../../support/training-set.js';

const tf = loadTensorFlow();
const SCALE = 0.1;
const LARGEST = 7;

/** Weights as integers of four bits would hold them, symmetric; the gradient passes where they can. */
function fakeQuantized(x: Tensor): Tensor {
  const range = { from: -LARGEST * SCALE, to: LARGEST * SCALE };
  return straightThrough(tf, x, (own) => own.div(SCALE).round().clipByValue(-LARGEST, LARGEST).mul(SCALE), range);
}

describe('straightThrough', () => {
  const x = tf.tensor1d([-1.2, -0.31, 0.04, 0.26, 0.7, 3]);

  it('given a step, then it is the step forward and the identity back', () => {
    const step = (own: Tensor): Tensor => straightThrough(tf, own, (each) => each.sign());
    expect([...step(x).dataSync()]).toEqual([-1, -1, 1, 1, 1, 1]);
    const gradient = tf.grad((own) =>
      step(own)
        .mul(tf.tensor1d([1, 2, 3, 4, 5, 6]))
        .sum(),
    )(x);
    expect([...gradient.dataSync()]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('given a range, then the gradient passes in it, ends included', () => {
    const found = [...fakeQuantized(x).dataSync()].map((value) => Number(value.toFixed(5)));
    expect(found).toEqual([-0.7, -0.3, 0, 0.3, 0.7, 0.7]);
    const gradient = tf.grad((own) => fakeQuantized(own).sum())(x);
    expect([...gradient.dataSync()]).toEqual([0, 1, 1, 1, 1, 0]);
  });

  it('given a second derivative, then it is that of what comes after it', () => {
    const first = (own: Tensor): Tensor =>
      tf.grad((each) =>
        straightThrough(tf, each, (y) => y.mul(2))
          .square()
          .sum(),
      )(own);
    // f(x)² with f′ taken for 1: the gradient is 2f(x), whose own is 2.
    expect([
      ...tf
        .grad((own) => first(own).sum())(x)
        .dataSync(),
    ]).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it('given nothing to keep, then no tensor is left', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() =>
      tf
        .grad((own) => fakeQuantized(straightThrough(tf, own, (each) => each.round())).sum())(x)
        .dataSync(),
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it('given weights that are quantized in a step, when it runs compiled, then loss and gradient are those of eager, and not zero', () => {
    const data = examplesOf(32, [6], 3);
    const weights = tf.variable(tf.tensor2d(examplesOf(3, [6], 3).x as Float32Array, [6, 3]));
    const step: Measurement = {
      name: 'quantized',
      variables: new Map([['kernel', weights]]),
      outputs: ['loss', 'kernel'],
      run: ([inputs, labels]) => {
        const { value, grads } = tf.variableGrads(() => {
          const logits = (inputs as Tensor).matMul(fakeQuantized(weights));
          return tf.losses.softmaxCrossEntropy(tf.oneHot(labels as Tensor, 3), logits).asScalar();
        }, [weights]);
        return [value, grads[weights.name] ?? tf.zerosLike(weights)];
      },
      dispose() {},
    };
    const compiled = new CompiledRunner(tf, data);
    compiled.prepare(step, [16]);
    const [indices, seed] = [data.train.slice(9, 25), new Int32Array(2)];
    const found = compiled.call(step, indices, seed);
    const expected = new EagerRunner(tf, data, 'asked').call(step, indices, seed);
    expected.forEach((values, i) => {
      values.forEach((value, k) => {
        expect(found[i]?.[k]).toBeCloseTo(value, 5);
      });
      expect(values.some((value) => value !== 0)).toBe(true);
    });
    compiled.dispose();
    weights.dispose();
  });
});
