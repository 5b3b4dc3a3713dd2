import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { lstmOutputs, trainedLastOutput, trainedLstmOutputs } from '../../../core/network/lstm.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { createRandom } from '../../../core/random.js';

const tf = loadTensorFlow();
const [N, FEATURES, UNITS] = [3, 2, 4];

function random(shape: number[], seed: number): Tensor {
  const source = createRandom(seed);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => source.next() * 2 - 1),
    shape,
  );
}

/** Gradients of a weighed sum of outputs with respect to input, kernels and bias. */
function gradientsOf(
  steps: number,
  outputs: (x: Tensor, weights: Parameters<typeof lstmOutputs>[2]) => Tensor,
): Tensor[] {
  const weighed = (...[x, kernel, recurrentKernel, bias]: Tensor[]): Tensor => {
    const own = { kernel: kernel as Tensor, recurrentKernel: recurrentKernel as Tensor, bias: bias as Tensor };
    const all = outputs(x as Tensor, own);
    // A single step has no use for the recurrent kernel, of which tfjs makes an error.
    return all.mul(random(all.shape, 5)).sum().add(own.recurrentKernel.mul(0).sum());
  };
  const given = [[N, steps, FEATURES], [FEATURES, 4 * UNITS], [UNITS, 4 * UNITS], [4 * UNITS]];
  return tf.grads(weighed)(given.map((shape, i) => random(shape, i + 1)));
}

function expectClose(found: readonly Tensor[], expected: readonly Tensor[]): void {
  expected.forEach((one, i) => {
    expect(found[i]?.shape).toEqual(one.shape);
    expect(found[i]?.sub(one).abs().max().dataSync()[0], `gradient ${i}`).toBeLessThan(1e-6);
  });
}

describe('the gradient of an LSTM', () => {
  it.each([1, 2, 5])('given %i steps of which all are used, then it is that of the operations one by one', (steps) => {
    const whole = (of: typeof lstmOutputs) => gradientsOf(steps, (x, weights) => tf.stack(of(tf, x, weights)));
    expectClose(whole(trainedLstmOutputs), whole(lstmOutputs));
  });

  it.each([1, 2, 5])(
    'given %i steps of which the last is used, then it is that of the operations one by one',
    (steps) => {
      const last = gradientsOf(steps, (x, weights) => trainedLastOutput(tf, x, weights));
      expectClose(
        last,
        gradientsOf(steps, (x, weights) => lstmOutputs(tf, x, weights).at(-1) as Tensor),
      );
    },
  );
});
