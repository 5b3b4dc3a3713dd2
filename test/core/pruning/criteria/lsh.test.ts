import { describe, expect, it } from 'vitest';
import { modelParameters } from '../../../../core/models/described-topology.js';
import type { NamedTensor } from '../../../../core/models/named-tensor.js';
import { removeUnits } from '../../../../core/models/surgery.js';
import type { Topology } from '../../../../core/models/topology.js';
import { Network } from '../../../../core/network/network.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import {
  CRITERIA,
  placeAlong,
  type ScoredLayer,
  scoredLayers,
  unitAxis,
  unitScores,
} from '../../../../core/pruning/criteria/index.js';
import { mergeUnits } from '../../../../core/pruning/merge-units.js';
import { evidenceOf } from '../../../support/evidence.js';
import { randomWeights, sequentialOf } from '../../../support/tiny-networks.js';

const tf = loadTensorFlow();
const LSH = CRITERIA.get('lsh');
const SETTINGS = { hyperplanes: 12, tables: 4 };
const evidence = evidenceOf({});
/** What each unit of the first layer is a copy of. */
const SOURCES = [0, 2, 2, 3, 2, 0];
const OUT = { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' } };
const CONVOLUTION = {
  class_name: 'Conv2D',
  config: { name: 'a', filters: 6, kernel_size: [3, 3], activation: 'relu' },
};

const MODELS: Readonly<Record<string, readonly [shape: readonly number[], topology: Topology]>> = {
  'a dense layer': [
    [5],
    sequentialOf([5], [{ class_name: 'Dense', config: { name: 'a', units: 6, activation: 'tanh' } }, OUT]),
  ],
  'a convolution before another one': [
    [6, 6, 2],
    sequentialOf(
      [6, 6, 2],
      [
        CONVOLUTION,
        { class_name: 'Conv2D', config: { name: 'b', filters: 3, kernel_size: [2, 2] } },
        { class_name: 'GlobalMaxPooling2D', config: { name: 'most' } },
        OUT,
      ],
    ),
  ],
  'a convolution that is flattened': [
    [6, 6, 2],
    sequentialOf([6, 6, 2], [CONVOLUTION, { class_name: 'Flatten', config: { name: 'flat' } }, OUT]),
  ],
  'an LSTM': [
    [7, 4],
    sequentialOf(
      [7, 4],
      [{ class_name: 'LSTM', config: { name: 'a', units: 6, recurrent_activation: 'sigmoid' } }, OUT],
    ),
  ],
};
const [, DENSE] = MODELS['a dense layer'] ?? [];

/** Random weights where units of layer a are copies of others; what goes out of them is their own. */
function withCopies(topology: Topology | undefined): NamedTensor[] {
  if (topology === undefined) throw new Error('no such model');
  const parameters = new Map(modelParameters(topology).map((each) => [each.fullName, each]));
  return randomWeights(topology, 3).map((weight) => {
    const parameter = parameters.get(weight.name);
    if (parameter === undefined || !weight.name.startsWith('a/')) return weight;
    const axis = unitAxis(parameter);
    const along = placeAlong(parameter, axis);
    const stride = parameter.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
    const values = weight.values.map((_, i) => {
      const unit = along(i) % 6;
      return weight.values[i + ((SOURCES[unit] ?? 0) - unit) * stride] ?? 0;
    });
    return { ...weight, values };
  });
}

function layerA(topology: Topology | undefined, weights: readonly NamedTensor[]): ScoredLayer {
  const layer = topology && scoredLayers(topology, weights).find(({ layer: name }) => name === 'a');
  if (layer === undefined) throw new Error('no layer a');
  return layer;
}

async function outputsOf(topology: Topology, weights: readonly NamedTensor[], shape: readonly number[]) {
  const network = await Network.build(tf, topology, weights);
  const size = shape.reduce((product, n) => product * n, 4);
  const x = tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7)),
    [4, ...shape],
  );
  const y = tf.tidy(() => network.forward(x, null).dataSync() as Float32Array);
  x.dispose();
  network.dispose();
  return y;
}

describe('locality-sensitive hashing of units', () => {
  const weights = withCopies(DENSE);

  it('given copies of units, then those of the larger group go first, one of each stays, and the rest goes by norm', () => {
    const scores = unitScores(LSH, layerA(DENSE, weights), evidence, SETTINGS);
    const order = [...scores.keys()].sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
    expect(new Set(order.slice(0, 2))).toEqual(new Set([2, 4]));
    expect(order[2]).toBe(5);
    const norms = unitScores(CRITERIA.get('l2'), layerA(DENSE, weights), evidence, {});
    for (const unit of [0, 1, 3]) expect(scores[unit]).toBe(norms[unit]);
  });

  it('given the copies removed, then each names the one of its group that stays', () => {
    const merge = (kept: readonly number[]) => [
      ...(LSH.merge?.(layerA(DENSE, weights), kept, evidence, SETTINGS) ?? []),
    ];
    expect(merge([0, 1, 3])).toEqual([
      [2, 1],
      [4, 1],
      [5, 0],
    ]);
    expect(merge([0, 1, 2, 3, 4, 5])).toEqual([]);
    expect(merge([3, 4])).toEqual([
      [1, 4],
      [2, 4],
    ]);
  });

  it.each(Object.entries(MODELS))(
    'given %s with copies, when they are merged and removed, then the outputs are what they were',
    async (_, [shape, topology]) => {
      const copies = withCopies(topology);
      const merged = LSH.merge?.(layerA(topology, copies), [0, 1, 3], evidence, SETTINGS) ?? new Map<number, number>();
      expect([...merged.keys()]).toEqual([2, 4, 5]);
      const taken = mergeUnits(topology, copies, 'a', merged);
      const smaller = removeUnits(topology, taken, { a: [...merged.keys()] });
      const expected = await outputsOf(topology, copies, shape);
      const found = await outputsOf(smaller.topology, smaller.weights, shape);
      expected.forEach((value, i) => {
        expect(found[i]).toBeCloseTo(value, 5);
      });
      const cut = removeUnits(topology, copies, { a: [...merged.keys()] });
      expect(await outputsOf(cut.topology, cut.weights, shape)).not.toEqual(expected);
    },
  );

  it('given units of different directions, then none is redundant', () => {
    const layer = layerA(DENSE, DENSE === undefined ? [] : randomWeights(DENSE, 9));
    expect(unitScores(LSH, layer, evidence, SETTINGS)).toEqual(unitScores(CRITERIA.get('l2'), layer, evidence, {}));
  });

  it('given units without weights, then they are in no group', () => {
    const empty = weights.map((weight) => ({ ...weight, values: weight.values.map(() => 0) }));
    expect([...unitScores(LSH, layerA(DENSE, empty), evidence, SETTINGS)]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
