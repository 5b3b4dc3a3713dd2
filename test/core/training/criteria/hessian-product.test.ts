import { afterEach, describe, expect, it } from 'vitest';
import { initialWeights } from '../../../../core/models/initial-weights.js';
import type { LayerNode, Topology } from '../../../../core/models/topology.js';
import { zooModel } from '../../../../core/models/zoo/index.js';
import { Network } from '../../../../core/network/network.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import type { ByWeight } from '../../../../core/pruning/criteria/index.js';
import { Criteria, type CriteriaSettings } from '../../../../core/training/criteria/criteria.js';
import { randomWeights, sequentialOf } from '../../../support/tiny-networks.js';
import { examplesOf } from '../../../support/training-set.js';

const tf = loadTensorFlow();

/**
 * Where a step crosses a kink of a ReLU or another entry of a window becomes the largest, gradients jump, which no Hessian tells:
 * differences say something of networks without kinks only.
 */
function smooth(topology: Topology): Topology {
  const node = (each: LayerNode): LayerNode => {
    if (each.className === 'MaxPooling2D') return { ...each, className: 'AveragePooling2D' };
    return each.config['activation'] === 'relu' ? { ...each, config: { ...each.config, activation: 'tanh' } } : each;
  };
  return { ...topology, nodes: topology.nodes.map(node) };
}

/** Two convolutions, one of them depthwise, with few enough kinks that a small step crosses none. */
const KINKED = sequentialOf(
  [6, 6, 1],
  [
    {
      class_name: 'Conv2D',
      config: { name: 'conv', filters: 2, kernel_size: [3, 3], padding: 'same', activation: 'relu' },
    },
    { class_name: 'MaxPooling2D', config: { name: 'pool', pool_size: [2, 2], strides: [2, 2], padding: 'valid' } },
    { class_name: 'DepthwiseConv2D', config: { name: 'deep', kernel_size: [2, 2], activation: 'elu' } },
    { class_name: 'Flatten', config: { name: 'flat' } },
    { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' } },
  ],
);

let network: Network | null = null;
let criteria: Criteria | null = null;

afterEach(() => {
  criteria?.dispose();
  network?.dispose();
});

function dot(a: ByWeight, b: ByWeight): number {
  return [...a].reduce(
    (sum, [name, values]) => values.reduce((inner, value, i) => inner + value * (b.get(name)?.[i] ?? 0), sum),
    0,
  );
}

/** How far the Hessian times the gradient is from what gradients change by along it, relative to its norm. */
function distance(own: Network, measured: Criteria, indices: Int32Array, length: number): number {
  const { gradients, product } = measured.hessianGradient(indices);
  const step = length / Math.sqrt(dot(gradients, gradients));
  const before = own.read();
  const at = (steps: number): ByWeight => {
    for (const { name, values } of before) {
      const along = gradients.get(name);
      if (along !== undefined)
        own.write(
          name,
          values.map((value, i) => value + steps * (along[i] ?? 0)),
        );
    }
    const found = measured.gradients(indices);
    for (const { name, values } of before) own.write(name, values);
    return found;
  };
  const [up, down] = [at(step), at(-step)];
  const errors = new Map(
    [...product].map(([name, values]) => [
      name,
      values.map((value, i) => value - ((up.get(name)?.[i] ?? 0) - (down.get(name)?.[i] ?? 0)) / (2 * step)),
    ]),
  );
  return Math.sqrt(dot(errors, errors) / dot(product, product));
}

describe('the Hessian times the gradient', () => {
  it.each<[string, Partial<CriteriaSettings>]>([
    ['mnistCnn', {}],
    ['mnistCnn', { temperature: 200 }],
    ['residualCnn', {}],
    ['residualCnn', { mode: 'inference' }],
    ['lstm64', {}],
  ])(
    'given %s without kinks and %j, then it is what gradients change by along the gradient',
    async (model, settings) => {
      const topology = smooth(zooModel(model));
      const data = examplesOf(16, [28, 28, 1], 10);
      network = await Network.build(tf, topology, initialWeights(topology, 3));
      criteria = new Criteria(tf, network, data, { batchSize: 8, seed: 1, compiled: false, ...settings });
      expect(distance(network, criteria, data.train, 5e-3)).toBeLessThan(2e-3);
    },
  );

  it.each([4, 5, 6, 7])(
    'given ReLU, max pooling, ELU and a depthwise convolution with weights of seed %i, then it is so for a step that crosses no kink',
    async (seed) => {
      const data = examplesOf(3, [6, 6, 1], 3);
      network = await Network.build(tf, KINKED, randomWeights(KINKED, seed));
      criteria = new Criteria(tf, network, data, { batchSize: 3, seed: 1, compiled: false });
      expect(distance(network, criteria, data.train, 5e-4)).toBeLessThan(1e-3);
    },
  );

  it.each([1, 2])('given an LSTM whose sequences are of %i steps, then it is so', async (steps) => {
    const topology = sequentialOf(
      [steps, 4],
      [
        {
          class_name: 'LSTM',
          config: { name: 'lstm', units: 3, return_sequences: true, recurrent_activation: 'sigmoid' },
        },
        { class_name: 'Flatten', config: { name: 'flat' } },
        { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' } },
      ],
    );
    const data = examplesOf(6, [steps, 4], 3);
    network = await Network.build(tf, topology, randomWeights(topology, 3));
    criteria = new Criteria(tf, network, data, { batchSize: 3, seed: 1, compiled: false });
    expect(distance(network, criteria, data.train, 5e-3)).toBeLessThan(2e-3);
  });
});
