import type { Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Network } from '../../../../core/network/network.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { Criteria } from '../../../../core/training/criteria/criteria.js';
import { gammaPenalty } from '../../../../core/training/objectives/penalties.js';
import { randomWeights, sequentialOf } from '../../../support/tiny-networks.js';
import { examplesOf } from '../../../support/training-set.js';

const tf = loadTensorFlow();
const STEPS = 3;
const data = examplesOf(12, [STEPS, 4], 2);
/** A batch norm at every step, and a plain one. */
const topology = sequentialOf(
  [STEPS, 4],
  [
    { class_name: 'TimeDistributed', config: { name: 'each', layer: norm('inner') } },
    { class_name: 'Flatten', config: { name: 'flat' } },
    norm('plain'),
    { class_name: 'Dense', config: { name: 'out', units: 2, activation: 'softmax' } },
  ],
);

function norm(name: string) {
  return { class_name: 'BatchNormalization', config: { name } };
}

describe('batch norm at every step', () => {
  let network: Network;
  beforeAll(async () => {
    network = await Network.build(tf, topology, randomWeights(topology, 1));
  });
  afterAll(() => network.dispose());

  it.each([true, false])(
    'given batches, compiled: %s, then its statistics are the means of those of steps and batches, beside those of a plain one',
    (compiled) => {
      const criteria = new Criteria(tf, network, data, { batchSize: 6, seed: 1, compiled });
      const found = criteria.batchStatistics(data.train);
      expect(criteria.eagerBecause('batchStatistics') === null).toBe(compiled);
      criteria.dispose();
      expect([...found.keys()]).toEqual(
        ['each', 'plain'].flatMap((name) => [`${name}/moving_mean`, `${name}/moving_variance`]),
      );
      const x = tf.tensor(data.x as Float32Array, [2, 6, STEPS, 4]);
      // Over the examples of a batch [batch, step, feature], and then over batches and steps.
      const { mean, variance } = tf.moments(x, 1);
      expectClose(found.get('each/moving_mean'), mean.mean([0, 1]));
      expectClose(found.get('each/moving_variance'), variance.mean([0, 1]));
      expect(found.get('plain/moving_mean')).toHaveLength(STEPS * 4);
    },
  );

  it('given a penalty on scales, then it is of both', () => {
    const scales = ['each/gamma', 'plain/gamma'].flatMap((name) => [
      ...(network.variables.get(name)?.dataSync() ?? []),
    ]);
    const expected = scales.reduce((sum, scale) => sum + Math.abs(scale), 0);
    expect(gammaPenalty(1)(tf, network)?.dataSync()[0]).toBeCloseTo(expected, 5);
  });
});

function expectClose(found: ArrayLike<number> | undefined, expected: Tensor): void {
  const values = [...expected.dataSync()];
  expect(found).toHaveLength(values.length);
  values.forEach((value, i) => {
    expect(found?.[i]).toBeCloseTo(value, 4);
  });
}
