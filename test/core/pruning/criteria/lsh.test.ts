import { describe, expect, it } from 'vitest';
import { modelParameters } from '../../../../core/models/described-topology.js';
import { combineScores, memberNames, pruningGroups } from '../../../../core/models/groups.js';
import type { NamedTensor } from '../../../../core/models/named-tensor.js';
import type { Topology } from '../../../../core/models/topology.js';
import { Network } from '../../../../core/network/network.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import {
  CRITERIA,
  placeAlong,
  type ScoredLayer,
  scoredLayers,
  unitScores,
} from '../../../../core/pruning/criteria/index.js';
import { unitAxis } from '../../../../core/pruning/criteria/unit-rows.js';
import { heirsOf } from '../../../../core/pruning/heirs.js';
import { exactHeirs, type Heirs, mergeUnits } from '../../../../core/pruning/merge-units.js';
import { evidenceOf } from '../../../support/evidence.js';
import { removeUnits } from '../../../support/removals.js';
import { functionalOf, randomWeights, sequentialOf } from '../../../support/tiny-networks.js';

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

const ADDED = functionalOf(
  [6, 6, 2],
  [
    { ...CONVOLUTION, from: ['input'] },
    { ...CONVOLUTION, config: { ...CONVOLUTION.config, name: 'a2' }, from: ['input'] },
    { class_name: 'Add', config: { name: 'sum' }, from: ['a', 'a2'] },
    { class_name: 'Flatten', config: { name: 'flat' }, from: ['sum'] },
    { ...OUT, from: ['flat'] },
  ],
);

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
  'a convolution before a separable one of single weights': [
    [6, 6, 2],
    sequentialOf(
      [6, 6, 2],
      [
        CONVOLUTION,
        { class_name: 'SeparableConv2D', config: { name: 'b', filters: 3, kernel_size: [1, 1], depth_multiplier: 2 } },
        { class_name: 'GlobalMaxPooling2D', config: { name: 'most' } },
        OUT,
      ],
    ),
  ],
  'convolutions that are added': [[6, 6, 2], ADDED],
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
    if (parameter === undefined || !/^a2?\//.test(weight.name)) return weight;
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

  /** Who takes over in layers whose units are coupled with those of layer a, where only some of its units stay. */
  const heirs = (topology: Topology | undefined, own: readonly NamedTensor[], kept: readonly number[]): Heirs => {
    if (topology === undefined) throw new Error('no such model');
    const [group] = pruningGroups(topology).groups;
    if (group === undefined) throw new Error('nothing to prune');
    const names = memberNames(group);
    const layers = scoredLayers(topology, own).filter(({ layer }) => names.includes(layer));
    const scores = new Map(layers.map((layer) => [layer.layer, unitScores(LSH, layer, evidence, SETTINGS)]));
    const alike = layers.map((layer) => [layer.layer, LSH.alike?.(layer, evidence, SETTINGS) ?? []] as const);
    const keep = new Uint8Array(6).map((_, id) => (kept.includes(id) ? 1 : 0));
    return heirsOf(group, keep, combineScores(group, scores), new Map(alike));
  };
  const entries = (found: Heirs) => Object.entries(found).map(([layer, own]) => [layer, [...own]]);

  it('given the copies removed, then each names the one of its group that stays', () => {
    const merge = (kept: readonly number[]) => [...(heirs(DENSE, weights, kept)['a'] ?? [])];
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

  it('given layers whose units are coupled, then one takes over where the units of both are alike, else none', () => {
    const copies = withCopies(ADDED);
    const pairs = [
      [2, 1],
      [4, 1],
      [5, 0],
    ];
    expect(entries(heirs(ADDED, copies, [0, 1, 3]))).toEqual([
      ['a', pairs],
      ['a2', pairs],
    ]);
    const others = randomWeights(ADDED, 5);
    const half = copies.map((weight, i) => (weight.name === 'a2/kernel' ? (others[i] ?? weight) : weight));
    expect(heirs(ADDED, half, [0, 1, 3])).toEqual({});
  });

  it.each(Object.entries(MODELS))(
    'given %s with copies, when they are merged and removed, then the outputs are what they were',
    async (_, [shape, topology]) => {
      const copies = withCopies(topology);
      const merged = exactHeirs(topology ?? ADDED, copies, heirs(topology, copies, [0, 1, 3]));
      expect([...(merged['a']?.keys() ?? [])]).toEqual([2, 4, 5]);
      const remove = { a: [2, 4, 5] };
      const smaller = removeUnits(topology, mergeUnits(topology, copies, merged), remove);
      const expected = await outputsOf(topology, copies, shape);
      const found = await outputsOf(smaller.topology, smaller.weights, shape);
      expected.forEach((value, i) => {
        expect(found[i]).toBeCloseTo(value, 5);
      });
      const cut = removeUnits(topology, copies, remove);
      expect(await outputsOf(cut.topology, cut.weights, shape)).not.toEqual(expected);
    },
  );

  const SEPARABLE = sequentialOf(
    [8, 8, 2],
    [
      CONVOLUTION,
      { class_name: 'SeparableConv2D', config: { name: 'b', filters: 3, kernel_size: [3, 3], depth_multiplier: 2 } },
      { class_name: 'Flatten', config: { name: 'flat' } },
      { class_name: 'Dense', config: { name: 'out', units: 3 } },
    ],
  );

  it('given a separable convolution, then one takes over where their depthwise filters differ by a factor alone, else none', async () => {
    const copies = withCopies(SEPARABLE);
    const found = heirs(SEPARABLE, copies, [0, 1, 3]);
    expect(Object.keys(found)).toEqual(['a']);
    expect(exactHeirs(SEPARABLE, copies, found)).toEqual({});
    const parallel = copies.map((weight) => {
      if (weight.name !== 'b/depthwise_kernel') return weight;
      // [3, 3, 6, 2]: filters of the features of copies are the first one's, times a number; but that of feature 5 is its own.
      const values = weight.values.map((value, i) => {
        const [j, feature, window] = [i % 2, Math.floor(i / 2) % 6, Math.floor(i / 12)];
        const source = SOURCES[feature] ?? 0;
        return feature === 5 ? value : (feature + 1) * (weight.values[window * 12 + source * 2 + j] ?? 0);
      });
      return { ...weight, values };
    });
    const exact = exactHeirs(SEPARABLE, parallel, found);
    expect(entries(exact)).toEqual([
      [
        'a',
        [
          [2, 1],
          [4, 1],
        ],
      ],
    ]);
    const smaller = removeUnits(SEPARABLE, mergeUnits(SEPARABLE, parallel, exact), { a: [2, 4] });
    const expected = await outputsOf(SEPARABLE, parallel, [8, 8, 2]);
    const outputs = await outputsOf(smaller.topology, smaller.weights, [8, 8, 2]);
    expected.forEach((value, i) => {
      expect(outputs[i]).toBeCloseTo(value, 4);
    });
  });

  it('given units of different directions, then none is redundant', () => {
    const layer = layerA(DENSE, DENSE === undefined ? [] : randomWeights(DENSE, 9));
    expect(unitScores(LSH, layer, evidence, SETTINGS)).toEqual(unitScores(CRITERIA.get('l2'), layer, evidence, {}));
  });

  it('given units without weights, then they are in no group', () => {
    const empty = weights.map((weight) => ({ ...weight, values: weight.values.map(() => 0) }));
    expect([...unitScores(LSH, layerA(DENSE, empty), evidence, SETTINGS)]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
