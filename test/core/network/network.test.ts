import { describe, expect, it } from 'vitest';
import { initialWeights } from '../../../core/models/initial-weights.js';
import { ZOO_NAMES, zooModel } from '../../../core/models/zoo/index.js';
import { Network } from '../../../core/network/network.js';
import { randomSource, stepSeed } from '../../../core/network/random-source.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { type Layer, randomWeights, sequentialOf } from '../../support/tiny-networks.js';

const tf = loadTensorFlow();

describe('a network', () => {
  it.each(ZOO_NAMES)(
    'given the zoo’s %s, when it is built and disposed, then no tensor is left of it',
    async (name) => {
      const topology = zooModel(name);
      const before = tf.memory().numTensors;
      const network = await Network.build(tf, topology, initialWeights(topology, 1));
      expect(tf.memory().numTensors).toBe(before + network.variables.size);
      network.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('given a wrapped layer that draws, when it is trained with one seed twice, then the numbers are the same', async () => {
    const drop = { class_name: 'Dropout', config: { name: 'drop', rate: 0.5 } };
    const network = await wrapping(drop, { class_name: 'Dense', config: { name: 'dense', units: 2 } });
    const x = tf.ones([4, 3, 5]);
    const run = (seed: number): number[] =>
      tf.tidy(() => [...network.forward(x, randomSource(tf, tf.tensor1d([...stepSeed(seed, 0)], 'int32'))).dataSync()]);
    expect(run(1)).toEqual(run(1));
    expect(run(2)).not.toEqual(run(1));
    x.dispose();
    network.dispose();
  });

  it('given a wrapped softmax at the end, then the output is of logits', async () => {
    const softmax = { class_name: 'Dense', config: { name: 'dense', units: 2, activation: 'softmax' } };
    const network = await wrapping(softmax);
    const sums = tf.tidy(() => [
      ...network
        .forward(tf.ones([1, 3, 5]), null)
        .sum(-1)
        .dataSync(),
    ]);
    for (const sum of sums) expect(Math.abs(sum - 1)).toBeGreaterThan(1e-3);
    network.dispose();
  });
  const SOFTMAX: Layer = { class_name: 'Softmax', config: { name: 'softmax', axis: -1 } };
  it.each<[string, readonly Layer[]]>([
    ['that are left out', [SOFTMAX]],
    ['that are left out, one by one', [{ class_name: 'TimeDistributed', config: { name: 'each', layer: SOFTMAX } }]],
    ['of which there are fewer behind a convolution', [convolution(), SOFTMAX]],
  ])(
    'given a softmax behind steps %s, then it is over all features of each, in training and without',
    async (_, layers) => {
      const masked = (mask_zero: boolean) => {
        const embedding = {
          class_name: 'Embedding',
          config: { name: 'table', input_dim: 4, output_dim: 3, mask_zero },
        };
        const flat = { class_name: 'Flatten', config: { name: 'flat' } };
        const topology = sequentialOf([5], [embedding, ...layers, flat]);
        return Network.build(tf, topology, randomWeights(topology, 1));
      };
      const [some, all] = [await masked(true), await masked(false)];
      const x = tf.tensor2d([
        [1, 2, 0, 3, 0],
        [3, 0, 0, 0, 0],
      ]);
      for (const random of [randomSource(tf, tf.tensor1d([...stepSeed(1, 0)], 'int32')), null])
        expect(some.forward(x, random).dataSync()).toEqual(all.forward(x, random).dataSync());
      some.dispose();
      all.dispose();
    },
  );

  it.each([-1, 4])(
    'given a batch norm of volumes over axis %i, then training and inference are those of the same positions in a row',
    async (axis) => {
      const norm = (shape: readonly number[], config: object) => {
        const topology = sequentialOf(shape, [
          { class_name: 'BatchNormalization', config: { name: 'norm', ...config } },
        ]);
        return Network.build(tf, topology, randomWeights(topology, 1));
      };
      const [volumes, rows] = [await norm([2, 3, 4, 2], { axis }), await norm([24, 2], {})];
      const x = tf.range(0, 96).sin().reshape([2, 2, 3, 4, 2]);
      for (const random of [randomSource(tf, tf.tensor1d([...stepSeed(1, 0)], 'int32')), null])
        expect(volumes.forward(x, random).dataSync()).toEqual(rows.forward(x.reshape([2, 24, 2]), random).dataSync());
      expect(volumes.read().map(({ values }) => values)).toEqual(rows.read().map(({ values }) => values));
      volumes.dispose();
      rows.dispose();
    },
  );
});

function convolution(): Layer {
  return { class_name: 'Conv1D', config: { name: 'conv', filters: 3, kernel_size: [2] } };
}

/** Each layer at every one of three steps of five features. */
function wrapping(...layers: readonly Layer[]): Promise<Network> {
  const wrapped = layers.map((layer, i) => ({ class_name: 'TimeDistributed', config: { name: `each${i}`, layer } }));
  const topology = sequentialOf([3, 5], wrapped);
  return Network.build(tf, topology, randomWeights(topology, 1));
}
