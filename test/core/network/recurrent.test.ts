import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { GRU } from '../../../core/network/gru.js';
import { LSTM } from '../../../core/network/lstm.js';
import type { RecurrentWeights } from '../../../core/network/recurrent-steps.js';
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
  gates: number,
  steps: number,
  outputs: (x: Tensor, weights: RecurrentWeights) => Tensor,
): Tensor[] {
  const weighed = (...[x, kernel, recurrentKernel, bias]: Tensor[]): Tensor => {
    const own = { kernel: kernel as Tensor, recurrentKernel: recurrentKernel as Tensor, bias: bias as Tensor };
    const all = outputs(x as Tensor, own);
    // A single step has no use for the recurrent kernel, of which tfjs makes an error.
    return all.mul(random(all.shape, 5)).sum().add(own.recurrentKernel.mul(0).sum());
  };
  const given = [[N, steps, FEATURES], [FEATURES, gates * UNITS], [UNITS, gates * UNITS], [gates * UNITS]];
  return tf.grads(weighed)(given.map((shape, i) => random(shape, i + 1)));
}

function expectClose(found: readonly Tensor[], expected: readonly Tensor[]): void {
  expected.forEach((one, i) => {
    expect(found[i]?.shape).toEqual(one.shape);
    expect(found[i]?.sub(one).abs().max().dataSync()[0], `gradient ${i}`).toBeLessThan(1e-6);
  });
}

describe.each([
  { name: 'LSTM', kind: LSTM, gates: 4 },
  { name: 'GRU', kind: GRU, gates: 3 },
])('the gradient of a $name', ({ name, kind, gates }) => {
  it.each([1, 2, 5])('given %i steps of which all are used, then it is that of the operations one by one', (steps) => {
    const whole = (of: 'outputs' | 'trainedOutputs') =>
      gradientsOf(gates, steps, (x, weights) => tf.stack(kind[of](tf, x, weights)));
    expectClose(whole('trainedOutputs'), whole('outputs'));
  });

  it.each([1, 2, 5])(
    'given %i steps of which the last is used, then it is that of the operations one by one',
    (steps) => {
      const last = gradientsOf(gates, steps, (x, weights) => kind.trainedLastOutput(tf, x, weights));
      expectClose(
        last,
        gradientsOf(gates, steps, (x, weights) => kind.outputs(tf, x, weights).at(-1) as Tensor),
      );
    },
  );

  it('given the layer of tfjs, then the outputs are the same', () => {
    const options = { units: UNITS, returnSequences: true, recurrentActivation: 'sigmoid' } as const;
    const layer = name === 'LSTM' ? tf.layers.lstm(options) : tf.layers.gru(options);
    const x = random([N, 5, FEATURES], 1);
    layer.apply(x);
    const [kernel, recurrentKernel, bias] = [[FEATURES, gates * UNITS], [UNITS, gates * UNITS], [gates * UNITS]].map(
      (shape, i) => random(shape, i + 2),
    ) as [Tensor, Tensor, Tensor];
    layer.setWeights([kernel, recurrentKernel, bias]);
    const own = tf.stack(kind.outputs(tf, x, { kernel, recurrentKernel, bias }), 1);
    expectClose([own], [layer.apply(x) as Tensor]);
    layer.dispose();
  });
});
