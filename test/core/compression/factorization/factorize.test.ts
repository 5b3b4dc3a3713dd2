import { describe, expect, it } from 'vitest';
import { factorize } from '../../../../core/compression/factorization/factorize.js';
import { type ConvolutionForm, formOf } from '../../../../core/compression/factorization/forms.js';
import { truncated } from '../../../../core/compression/factorization/low-rank.js';
import { splitLayer } from '../../../../core/compression/factorization/split.js';
import { svd } from '../../../../core/linear-algebra/svd.js';
import { costsOf } from '../../../../core/models/costs.js';
import { inputShape } from '../../../../core/models/described-topology.js';
import type { NamedTensor } from '../../../../core/models/named-tensor.js';
import { nodeIndex, type Topology } from '../../../../core/models/topology.js';
import { Network } from '../../../../core/network/network.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { atOnce } from '../../../../core/steps.js';
import { functionalOf, type Layer, randomWeights, sequentialOf } from '../../../support/tiny-networks.js';

const tf = loadTensorFlow();

const dense = (name: string, units: number, activation = 'linear'): Layer => ({
  class_name: 'Dense',
  config: { name, units, activation },
});
const conv = (name: string, filters: number, size: readonly number[], config: Record<string, unknown> = {}): Layer => ({
  class_name: 'Conv2D',
  config: { name, filters, kernel_size: size, padding: 'same', activation: 'relu', ...config },
});
const plain = (class_name: string, name: string, config: Record<string, unknown> = {}): Layer => ({
  class_name,
  config: { name, ...config },
});

const images = sequentialOf(
  [9, 9, 3],
  [
    conv('padded', 6, [3, 3]),
    conv('strided', 5, [3, 5], { strides: [2, 1], padding: 'valid' }),
    conv('dilated', 6, [3, 3], { dilation_rate: [1, 2], use_bias: false }),
    conv('point', 7, [1, 1]),
    plain('Flatten', 'flat'),
    dense('hidden', 12, 'tanh'),
    dense('out', 4, 'softmax'),
  ],
);
const branches = functionalOf(
  [8, 8, 3],
  [
    { ...conv('stem', 6, [3, 3], { strides: [2, 2] }), from: ['input'] },
    { ...conv('left', 6, [3, 3]), from: ['stem'] },
    { ...plain('Add', 'add'), from: ['stem', 'left'] },
    { ...plain('GlobalAveragePooling2D', 'mean'), from: ['add'] },
    { ...dense('out', 4), from: ['mean'] },
  ],
);
const sequence = sequentialOf(
  [7, 4],
  [
    {
      class_name: 'Conv1D',
      config: { name: 'conv', filters: 5, kernel_size: [3], padding: 'same', activation: 'relu' },
    },
    dense('each', 6, 'relu'),
    plain('LSTM', 'lstm', { units: 4 }),
    dense('out', 3),
  ],
);

async function outputs(topology: Topology, weights: readonly NamedTensor[]): Promise<Float32Array> {
  const network = await Network.build(tf, topology, weights);
  try {
    return tf.tidy(
      () =>
        network
          .forward(tf.randomNormal([4, ...inputShape(topology)], 0, 1, 'float32', 7), null)
          .dataSync() as Float32Array,
    );
  } finally {
    network.dispose();
  }
}

function difference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

/** Every layer that has a form in two, at its full rank, whether it pays or not. */
function splitAll(topology: Topology, weights: readonly NamedTensor[], convolutions: ConvolutionForm) {
  return topology.nodes.reduce(
    (split, node) => {
      const kernel = split.weights.find(({ name }) => name === `${node.name}/kernel`);
      const form = kernel === undefined ? null : formOf(node, kernel.shape, convolutions);
      if (form === null || kernel === undefined) return split;
      const factors = truncated(atOnce(svd(form.matrix(kernel.values))), Number.POSITIVE_INFINITY);
      return splitLayer(split.topology, split.weights, nodeIndex(split.topology, node.name), form, factors);
    },
    { topology, weights },
  );
}

describe('layers in two', () => {
  it.each([
    ['images', 'channel', 12, images],
    ['images', 'spatial', 12, images],
    ['branches', 'channel', 6, branches],
    ['branches', 'spatial', 6, branches],
    ['sequences', 'channel', 6, sequence],
  ] as const)(
    'given a network of %s and the form %s at full rank, giving %i kernels, then it gives the same outputs',
    async (_, form, kernels, topology) => {
      const weights = randomWeights(topology, 3);
      const split = splitAll(topology, weights, form);
      expect(split.weights.filter(({ name }) => /_[uv]\/kernel$/.test(name))).toHaveLength(kernels);
      const expected = await outputs(topology, weights);
      expect(difference(expected, await outputs(split.topology, split.weights))).toBeLessThan(1e-4);
    },
  );

  it('given a layer, then the first of the two has neither bias nor activation, and names are free', () => {
    const topology = sequentialOf([6], [dense('a', 5, 'relu'), dense('a_u', 4)]);
    const split = splitAll(topology, randomWeights(topology, 1), 'channel');
    expect(split.topology.nodes.map(({ name }) => name)).toEqual(['input', 'a_u_', 'a_v', 'a_u_u', 'a_u_v']);
    expect(split.topology.nodes[1]?.config).toMatchObject({ activation: 'linear', use_bias: false });
    expect(split.topology.nodes[2]?.config).toMatchObject({ activation: 'relu', units: 5 });
    expect(split.weights.map(({ name, shape }) => [name, shape])).toEqual([
      ['a_u_/kernel', [6, 5]],
      ['a_v/kernel', [5, 5]],
      ['a_v/bias', [5]],
      ['a_u_u/kernel', [5, 4]],
      ['a_u_v/kernel', [4, 4]],
      ['a_u_v/bias', [4]],
    ]);
  });
});

describe('factorize', () => {
  const settings = { rank: 'energy', fraction: 0.7, convolutions: 'channel' } as const;

  it.each(['channel', 'spatial'] as const)(
    'given %s forms, then parameters and MACs fall, and the model still runs',
    async (convolutions) => {
      const weights = randomWeights(images, 5);
      const found = await factorize(images, weights, { ...settings, convolutions });
      const [before, after] = [costsOf(images), costsOf(found.topology)];
      expect(after.parameters).toBeLessThan(before.parameters);
      expect(after.macs).toBeLessThan(before.macs);
      expect(found.weights.reduce((sum, { values }) => sum + values.length, 0)).toBe(after.parameters);
      expect((await outputs(found.topology, found.weights)).every(Number.isFinite)).toBe(true);
      expect(found.outcomes.some((outcome) => 'rank' in outcome && outcome.kind === convolutions)).toBe(true);
    },
  );

  it('given a fraction of the parameters, then each layer has at most that, and as much as whole ranks allow', async () => {
    const { outcomes } = await factorize(images, randomWeights(images, 5), {
      ...settings,
      rank: 'parameters',
      fraction: 0.5,
    });
    // Of 378 · 12 parameters half are 2268, and each rank takes 378 + 12.
    expect(outcomes).toContainEqual({ layer: 'hidden', kind: 'dense', rank: 5, fullRank: 12 });
  });

  it('given all the energy of a full rank, then nothing is factorized, because it does not pay', async () => {
    const { topology, outcomes } = await factorize(images, randomWeights(images, 5), { ...settings, fraction: 1 });
    expect(topology).toBe(images);
    expect(outcomes).toContainEqual({
      layer: 'out',
      skipped: 'it needs rank 4, and only up to 2 is it smaller and faster',
    });
  });

  it('given a kernel with zeros or one that is encoded, then it is left as it is, with the reason', async () => {
    const weights = randomWeights(images, 5);
    weights.find(({ name }) => name === 'hidden/kernel')?.values.fill(0, 3, 10);
    const { outcomes, weights: after } = await factorize(
      images,
      weights,
      settings,
      (weight) => weight === 'padded/kernel',
    );
    expect(outcomes).toContainEqual({
      layer: 'hidden',
      skipped: '7 of its weights are zero, and a product of two kernels would fill them in',
    });
    expect(outcomes[0]).toMatchObject({ layer: 'padded', skipped: expect.stringContaining('quantized or clustered') });
    expect(after).toContain(weights.find(({ name }) => name === 'hidden/kernel'));
  });
});
