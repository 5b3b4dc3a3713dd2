import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { GRU } from '../../../core/network/gru.js';
import { LSTM } from '../../../core/network/lstm.js';
import { Network } from '../../../core/network/network.js';
import { randomSource, stepSeed } from '../../../core/network/random-source.js';
import type { RecurrentWeights } from '../../../core/network/recurrent-steps.js';
import { RESET_AFTER_GRU } from '../../../core/network/reset-after-gru.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { createRandom } from '../../../core/random.js';
import { randomWeights, sequentialOf } from '../../support/tiny-networks.js';

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
  rows: number,
  steps: number,
  outputs: (x: Tensor, weights: RecurrentWeights) => Tensor,
): Tensor[] {
  const weighed = (...[x, kernel, recurrentKernel, bias]: Tensor[]): Tensor => {
    const own = { kernel: kernel as Tensor, recurrentKernel: recurrentKernel as Tensor, bias: bias as Tensor };
    const all = outputs(x as Tensor, own);
    // A single step has no use for the recurrent kernel, of which tfjs makes an error.
    return all.mul(random(all.shape, 5)).sum().add(own.recurrentKernel.mul(0).sum());
  };
  const given = [[N, steps, FEATURES], [FEATURES, gates * UNITS], [rows, gates * UNITS], [gates * UNITS]];
  return tf.grads(weighed)(given.map((shape, i) => random(shape, i + 1)));
}

function expectClose(found: readonly Tensor[], expected: readonly Tensor[]): void {
  expected.forEach((one, i) => {
    expect(found[i]?.shape).toEqual(one.shape);
    expect(found[i]?.sub(one).abs().max().dataSync()[0], `gradient ${i}`).toBeLessThan(1e-6);
  });
}

describe.each([
  { name: 'LSTM', kind: LSTM, gates: 4, rows: UNITS },
  { name: 'GRU', kind: GRU, gates: 3, rows: UNITS },
  { name: 'GRU with reset_after', kind: RESET_AFTER_GRU, gates: 3, rows: UNITS + 1 },
])('the gradient of a $name', ({ kind, gates, rows }) => {
  it.each([1, 2, 5])('given %i steps of which all are used, then it is that of the operations one by one', (steps) => {
    const whole = (of: 'outputs' | 'trainedOutputs') =>
      gradientsOf(gates, rows, steps, (x, weights) => tf.stack(kind[of](tf, x, weights)));
    expectClose(whole('trainedOutputs'), whole('outputs'));
  });

  it.each([1, 2, 5])(
    'given %i steps of which the last is used, then it is that of the operations one by one',
    (steps) => {
      const last = gradientsOf(gates, rows, steps, (x, weights) => kind.trainedLastOutput(tf, x, weights));
      expectClose(
        last,
        gradientsOf(gates, rows, steps, (x, weights) => kind.outputs(tf, x, weights).at(-1) as Tensor),
      );
    },
  );
});

describe.each([
  { name: 'LSTM', kind: LSTM, gates: 4 },
  { name: 'GRU', kind: GRU, gates: 3 },
])('the outputs of a $name', ({ name, kind, gates }) => {
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

/** A GRU step by step as Keras defines it with `reset_after`, in plain numbers: the outputs of one example. */
function resetAfterByHand(
  x: number[][],
  kernel: number[][],
  recurrent: number[][],
  bias: number[][] | null,
): number[][] {
  const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
  const product = (from: number[], matrix: number[][], column: number): number =>
    from.reduce((sum, value, i) => sum + value * (matrix[i]?.[column] ?? 0), 0);
  let h = Array.from({ length: UNITS }, () => 0);
  return x.map((features) => {
    const before = h;
    const ofInput = (column: number) => product(features, kernel, column) + (bias?.[0]?.[column] ?? 0);
    const ofState = (column: number) => product(before, recurrent, column) + (bias?.[1]?.[column] ?? 0);
    h = before.map((last, unit) => {
      const z = sigmoid(ofInput(unit) + ofState(unit));
      const r = sigmoid(ofInput(UNITS + unit) + ofState(UNITS + unit));
      const candidate = Math.tanh(ofInput(2 * UNITS + unit) + r * ofState(2 * UNITS + unit));
      return z * last + (1 - z) * candidate;
    });
    return h;
  });
}

describe('a GRU with reset_after', () => {
  const networkOf = (class_name: string, config: Record<string, unknown>) => {
    const topology = sequentialOf([5, FEATURES], [{ class_name, config: { name: 'it', ...config } }]);
    return Network.build(tf, topology, randomWeights(topology, 7));
  };
  const GRU_CONFIG = { units: UNITS, recurrent_activation: 'sigmoid', reset_after: true };
  const draws = () => randomSource(tf, tf.tensor1d([...stepSeed(1, 0)], 'int32'));

  it.each([
    ['all steps', { return_sequences: true }],
    ['the last step', {}],
    ['no bias', { use_bias: false, return_sequences: true }],
    ['the steps from the end', { go_backwards: true, return_sequences: true }],
  ])('given %s, then outputs in training and without are those of its equations', async (_, config: object) => {
    const network = await networkOf('GRU', { ...GRU_CONFIG, ...config });
    const [kernel, recurrent, bias] = [...network.variables.values()].map((weight) => weight.arraySync());
    const x = random([N, 5, FEATURES], 1);
    const expected = (x.arraySync() as number[][][]).map((example) => {
      const ordered = 'go_backwards' in config ? example.toReversed() : example;
      return resetAfterByHand(ordered, kernel as number[][], recurrent as number[][], (bias as number[][]) ?? null);
    });
    const used = 'return_sequences' in config ? expected : expected.map((steps) => steps.at(-1) as number[]);
    expectClose([network.forward(x, null), network.forward(x, draws())], [tf.tensor(used), tf.tensor(used)]);
    network.dispose();
  });

  it('given a cell that runs step by step, then it gives the same', async () => {
    const plain = await networkOf('GRU', GRU_CONFIG);
    // Where steps may be left out, tfjs takes them one by one.
    const topology = sequentialOf(
      [5, FEATURES],
      [
        { class_name: 'Masking', config: { name: 'mask', mask_value: 100 } },
        { class_name: 'GRU', config: { name: 'it', ...GRU_CONFIG } },
      ],
    );
    const stepwise = await Network.build(tf, topology, plain.read());
    const x = random([N, 5, FEATURES], 1);
    expectClose([stepwise.forward(x, null)], [plain.forward(x, null)]);
    plain.dispose();
    stepwise.dispose();
  });

  it('given both directions, then each has two biases of its own and runs', async () => {
    const network = await networkOf('Bidirectional', {
      merge_mode: 'concat',
      layer: { class_name: 'GRU', config: { name: 'gru', ...GRU_CONFIG } },
    });
    const forward = await networkOf('GRU', GRU_CONFIG);
    expect(network.variables.get('it/backward_gru/bias')?.shape).toEqual([2, 3 * UNITS]);
    for (const name of ['kernel', 'recurrent_kernel', 'bias'])
      forward.write(`it/${name}`, network.variables.get(`it/forward_gru/${name}`)?.dataSync() as Float32Array);
    const x = random([N, 5, FEATURES], 1);
    expectClose([network.forward(x, null).slice([0, 0], [N, UNITS])], [forward.forward(x, null)]);
    network.dispose();
    forward.dispose();
  });

  it('given dropout, then training draws from the seed, inference does not, and no mask is left', async () => {
    const network = await networkOf('GRU', { ...GRU_CONFIG, dropout: 0.5, recurrent_dropout: 0.5 });
    const x = random([N, 5, FEATURES], 1);
    const before = tf.memory().numTensors;
    const run = (isTrained: boolean) => tf.tidy(() => [...network.forward(x, isTrained ? draws() : null).dataSync()]);
    expect(run(true)).toEqual(run(true));
    expect(run(true)).not.toEqual(run(false));
    expect(tf.memory().numTensors).toBe(before);
    network.dispose();
  });
});
