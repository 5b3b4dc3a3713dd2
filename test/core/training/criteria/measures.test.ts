import { afterAll, describe, expect, it } from 'vitest';
import type { PreparedData } from '../../../../core/datasets/prepare.js';
import { Network } from '../../../../core/network/network.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { Criteria } from '../../../../core/training/criteria/criteria.js';
import { normedNetwork } from '../../../support/normed-network.js';
import { randomWeights, sequentialOf } from '../../../support/tiny-networks.js';
import { examplesOf } from '../../../support/training-set.js';

const tf = loadTensorFlow();
const data = examplesOf(20, [4], 3);
const LINEAR = sequentialOf(
  [4],
  [
    { class_name: 'Dense', config: { name: 'a', units: 5, activation: 'relu', use_bias: false } },
    { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax', use_bias: false } },
  ],
);
const weights = randomWeights(LINEAR, 2);
const network = await Network.build(tf, LINEAR, weights);
const [kernel = new Float32Array(), last = new Float32Array()] = weights.map(({ values }) => values);
const open = (batchSize: number, of: PreparedData = data) => new Criteria(tf, network, of, { batchSize, seed: 1 });

afterAll(() => network.dispose());

describe('criteria', () => {
  it('given batches of different sizes, then the gradient is that of the mean over all examples', () => {
    const [whole, parts] = [open(20), open(8)];
    const expected = whole.gradients(data.train);
    for (const [name, values] of parts.gradients(data.train))
      values.forEach((value, i) => {
        expect(value).toBeCloseTo(expected.get(name)?.[i] ?? Number.NaN, 6);
      });
    whole.dispose();
    parts.dispose();
  });

  it('given a network of matrices, then the flow is the sum over paths of absolute weights', () => {
    const criteria = open(8);
    const { flow, gradients } = criteria.synapticFlow();
    const abs = (values: Float32Array, i: number): number => Math.abs(values[i] ?? 0);
    const out = Array.from({ length: 5 }, (_, j) => abs(last, j * 3) + abs(last, j * 3 + 1) + abs(last, j * 3 + 2));
    const into = Array.from({ length: 5 }, (_, j) => [0, 1, 2, 3].reduce((sum, i) => sum + abs(kernel, i * 5 + j), 0));
    expect(flow).toBeCloseTo(
      into.reduce((sum, value, j) => sum + value * (out[j] ?? 0), 0),
      4,
    );
    gradients.get('a/kernel')?.forEach((value, i) => {
      expect(value).toBeCloseTo(out[i % 5] ?? 0, 5);
    });
    // What flows through a layer is the same for all layers: Σ|θ|·gradient.
    for (const [name, values] of [...gradients]) {
      const own = weights.find((weight) => weight.name === name)?.values ?? kernel;
      expect(values.reduce((sum, value, i) => sum + value * abs(own, i), 0)).toBeCloseTo(flow, 4);
    }
    criteria.dispose();
  });

  it('given examples, then statistics of a layer are those of its outputs, channel by channel', () => {
    const criteria = open(8);
    const found = criteria.activations(data.train).get('a');
    const units = Array.from({ length: 5 }, (_, j) =>
      Array.from(data.train, (example) =>
        Math.max(
          0,
          [0, 1, 2, 3].reduce((sum, i) => sum + (data.x[example * 4 + i] ?? 0) * (kernel[i * 5 + j] ?? 0), 0),
        ),
      ),
    );
    units.forEach((values, j) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / 20;
      expect(found?.mean[j]).toBeCloseTo(mean, 5);
      expect(found?.meanAbsolute[j]).toBeCloseTo(mean, 5);
      expect(found?.zeros[j]).toBeCloseTo(values.filter((value) => value === 0).length / 20, 6);
    });
    criteria.dispose();
  });

  it('given bytes, then compiled sees the numbers that eager sees', () => {
    const bytes = { ...data, x: Uint8Array.from(data.x, (value) => Math.round((value + 1) * 127)) };
    const [compiled, eager] = [
      open(8, bytes),
      new Criteria(tf, network, bytes, { batchSize: 8, seed: 1, compiled: false }),
    ];
    const expected = eager.gradients(data.train);
    for (const [name, values] of compiled.gradients(data.train))
      values.forEach((value, i) => {
        expect(value).toBeCloseTo(expected.get(name)?.[i] ?? Number.NaN, 6);
      });
    expect(compiled.eagerBecause('gradients')).toBeNull();
    expect(eager.eagerBecause('gradients')).toBe('it is asked to run eagerly');
    compiled.dispose();
    eager.dispose();
  });

  it('given dropout and batch norm, then the same seed gives the same gradients, and what is in the network stays', async () => {
    const own = await normedNetwork(tf, 2);
    const six = examplesOf(20, [6], 3);
    const gradients = (seed: number, compiled: boolean): number[] => {
      const criteria = new Criteria(tf, own, six, { batchSize: 8, seed, compiled });
      const found = [...(criteria.gradients(six.train).get('out/kernel') ?? [])];
      criteria.dispose();
      return found;
    };
    const before = own.read();
    const found = gradients(1, true);
    expect(gradients(1, true)).toEqual(found);
    expect(gradients(2, true)).not.toEqual(found);
    gradients(1, false).forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 5);
    });
    expect(own.read()).toEqual(before);
    own.dispose();
  });

  it.each([true, false])(
    'given every measurement with compiled %s, when it is disposed, then no tensor is left',
    async (compiled) => {
      const measure = async (): Promise<void> => {
        const own = await normedNetwork(tf, 2);
        const criteria = new Criteria(tf, own, examplesOf(20, [6], 3), { batchSize: 8, seed: 1, compiled });
        criteria.hessianGradient(data.train);
        criteria.synapticFlow();
        criteria.activations(data.train);
        criteria.dispose();
        own.dispose();
      };
      await measure();
      const before = tf.memory().numTensors;
      await measure();
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});
