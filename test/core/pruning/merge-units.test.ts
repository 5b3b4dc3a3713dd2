import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PruningGroup, pruningGroups, removalOf } from '../../../core/models/groups.js';
import { isHomogeneousWay } from '../../../core/models/homogeneous.js';
import type { NamedTensor } from '../../../core/models/named-tensor.js';
import { spreadRemoval } from '../../../core/models/removal.js';
import type { LayerNode, Topology } from '../../../core/models/topology.js';
import { type Heirs, mergeUnits } from '../../../core/pruning/merge-units.js';
import { createRandom } from '../../../core/random.js';
import { randomGraph } from '../../support/random-graphs.js';
import { outputError, removeUnits } from '../../support/removals.js';
import { withMultiple } from '../../support/scaled-units.js';
import { functionalOf, type Layer, randomWeights, sequentialOf } from '../../support/tiny-networks.js';

/** What stands in the place of layers that tell sizes apart, or that mix features, by their class. */
const INSTEAD: Readonly<Record<string, string>> = {
  BatchNormalization: 'LeakyReLU',
  LayerNormalization: 'ReLU',
  ELU: 'LeakyReLU',
  ThresholdedReLU: 'ReLU',
  Softmax: 'LeakyReLU',
  Multiply: 'Add',
};

/** The same graph of positively homogeneous layers, but for recurrent ones. */
function homogeneous(topology: Topology): Topology {
  const of = ({ className, config }: Pick<LayerNode, 'className' | 'config'>) => {
    const instead = INSTEAD[className];
    if (instead !== undefined) return { className: instead, config: { name: config['name'] } };
    if (['LSTM', 'GRU', 'SimpleRNN', 'Bidirectional'].includes(className)) return { className, config };
    const activation =
      'activation' in config ? { activation: config['activation'] === 'linear' ? 'linear' : 'relu' } : {};
    const plain = className === 'DepthwiseConv2D' ? { use_bias: false } : {};
    const { max_value: _, ...rest } = config;
    return { className, config: { ...rest, ...activation, ...plain } };
  };
  const nodes = topology.nodes.map((node) => {
    const wrapped = node.config['layer'] as { class_name: string; config: LayerNode['config'] } | undefined;
    if (node.className !== 'TimeDistributed' || wrapped === undefined) return { ...node, ...of(node) };
    const { className, config } = of({ className: wrapped.class_name, config: wrapped.config });
    return { ...node, config: { ...node.config, layer: { class_name: className, config } } };
  });
  return { ...topology, nodes };
}

/** Two classes of a group that have units of the same layers. */
function pairOf({ members, classes }: PruningGroup, drawn: number): readonly [goes: number, stays: number] | null {
  const where = (id: number): string =>
    members.map(({ classes: own }) => own.filter((other) => other === id).length).join();
  const goes = drawn % classes;
  const found = Array.from({ length: classes }, (_, id) => id).find((id) => id !== goes && where(id) === where(goes));
  return found === undefined ? null : [goes, found];
}

/** By layer the unit that takes over from that of a class. */
function heirsOfPair(group: PruningGroup, goes: number, stays: number): Heirs {
  const [gone, kept] = [goes, stays].map((id) => removalOf(group, [id]));
  return Object.fromEntries(
    Object.entries(gone ?? {}).map(([layer, units]) => [
      layer,
      new Map(units.map((unit, i) => [unit, kept?.[layer]?.[i] ?? unit])),
    ]),
  );
}

/** A graph's weights with a unit that is a multiple of another one, and the graph without it; null where no units can go. */
function mergedOf(topology: Topology, seed: number, factor: number) {
  const random = createRandom(seed);
  const groups = pruningGroups(topology).groups.filter(({ members }) =>
    members.every(({ kind }) => kind !== 'recurrent'),
  );
  const group = groups[random.integer(Math.max(1, groups.length))];
  const pair = group === undefined ? null : pairOf(group, seed);
  if (group === undefined || pair === null) return null;
  const heirs = heirsOfPair(group, ...pair);
  const [[layer, own] = ['', new Map<number, number>()]] = Object.entries(heirs);
  const [[unit, source] = [0, 0]] = own;
  const weights = withMultiple(topology, randomWeights(topology, seed), { layer, unit, source }, () => factor);
  const smaller = removeUnits(topology, mergeUnits(topology, weights, heirs), removalOf(group, [pair[0]]));
  const [goes, stays] = [
    spreadRemoval(topology, { [layer]: [unit] }),
    spreadRemoval(topology, { [layer]: [source] }),
  ] as const;
  return { weights, smaller, isHomogeneous: isHomogeneousWay(topology, weights, goes, stays) };
}

const factor = fc.double({ min: 0.2, max: 5, noNaN: true });

describe('units that are multiples of others', () => {
  it('given any graph of homogeneous layers, when they are merged and removed, then the outputs are what they were', async () => {
    let merged = 0;
    await fc.assert(
      fc.asyncProperty(randomGraph, fc.nat(1_000), factor, async (graph, seed, c) => {
        const topology = homogeneous(graph);
        const found = mergedOf(topology, seed, c);
        if (found === null) return;
        expect(found.isHomogeneous).toBe(true);
        expect(await outputError({ topology, weights: found.weights }, found.smaller, seed)).toBeLessThan(1e-4);
        merged++;
      }),
      { numRuns: 150 },
    );
    expect(merged).toBeGreaterThan(50);
  });

  it('given any graph, where the way of the units is said to be homogeneous, then the outputs are what they were', async () => {
    const ways = { homogeneous: 0, other: 0 };
    await fc.assert(
      fc.asyncProperty(randomGraph, fc.nat(1_000), factor, async (topology, seed, c) => {
        const found = mergedOf(topology, seed, c);
        if (found === null) return;
        ways[found.isHomogeneous ? 'homogeneous' : 'other']++;
        if (!found.isHomogeneous) return;
        expect(await outputError({ topology, weights: found.weights }, found.smaller, seed)).toBeLessThan(1e-4);
      }),
      { numRuns: 400 },
    );
    expect(Math.min(...Object.values(ways))).toBeGreaterThan(5);
  });

  const DENSE = { class_name: 'Dense', config: { name: 'a', units: 3 } };
  const OUT = { class_name: 'Dense', config: { name: 'out', units: 2 } };
  const activated = (activation: string): Layer => ({ ...DENSE, config: { ...DENSE.config, activation } });
  const through = (class_name: string, config: Record<string, unknown> = {}): Layer[] => [
    DENSE,
    { class_name, config: { name: 'b', ...config } },
    OUT,
  ];
  const sequence = (...layers: readonly Layer[]): Topology => sequentialOf([4], layers);
  const image = (config: Record<string, unknown>): Topology =>
    sequentialOf(
      [4, 4, 2],
      [
        { class_name: 'Conv2D', config: { name: 'a', filters: 3, kernel_size: [2, 2] } },
        { class_name: 'DepthwiseConv2D', config: { name: 'b', kernel_size: [2, 2], ...config } },
        { class_name: 'GlobalMaxPooling2D', config: { name: 'most' } },
        OUT,
      ],
    );
  const joined = (merge: string, activation: string): Topology =>
    functionalOf(
      [4],
      [
        { ...DENSE, from: ['input'] },
        { class_name: 'Dense', config: { name: 'a2', units: 3, activation }, from: ['input'] },
        { class_name: merge, config: { name: 'b' }, from: ['a', 'a2'] },
        { ...OUT, from: ['b'] },
      ],
    );

  /** What of the outgoing weights of unit 1 unit 0 has taken over, where it has three times its weights, or other ones by layer. */
  const shareOf = (topology: Topology, factor: (layer: string) => number, change = (w: NamedTensor) => w): number => {
    const own = withMultiple(topology, randomWeights(topology, 5), { layer: 'a', unit: 1, source: 0 }, factor);
    const weights = own.map(change);
    const [group] = pruningGroups(topology).groups;
    const merged = mergeUnits(topology, weights, group === undefined ? {} : heirsOfPair(group, 1, 0));
    const [before, now] = [weights, merged].map((all) => all.find(({ name }) => name === 'out/kernel')?.values);
    return ((now?.[0] ?? 0) - (before?.[0] ?? 0)) / (before?.[2] ?? 0);
  };
  const three = (): number => 3;

  it.each<[string, Topology]>([
    ['linear units', sequence(DENSE, OUT)],
    ['ReLU', sequence(activated('relu'), OUT)],
    ['a leaky ReLU', sequence(...through('LeakyReLU', { alpha: 0.2 }))],
    ['PReLU of equal slopes', sequence(...through('PReLU'))],
    ['a depthwise convolution of equal filters', image({ use_bias: false })],
    ['a sum of units in one ratio', joined('Add', 'relu')],
    ['the largest of units in one ratio', joined('Maximum', 'linear')],
  ])('given %s, then what goes out of a unit counts as often as it is larger', (_, topology) => {
    expect(shareOf(topology, three)).toBeCloseTo(3, 4);
  });

  it.each<[string, Topology]>([
    ['tanh', sequence(activated('tanh'), OUT)],
    ['ELU', sequence(activated('elu'), OUT)],
    ['ReLU with a bound', sequence(activated('relu6'), OUT)],
    ['a layer of ReLU with a bound', sequence(...through('ReLU', { max_value: 2 }))],
    ['a ReLU with a threshold', sequence(...through('ThresholdedReLU', { theta: 1 }))],
    ['a batch norm', sequence(...through('BatchNormalization'))],
    ['a depthwise convolution with a bias', image({ use_bias: true })],
    ['a depthwise convolution with a sigmoid', image({ use_bias: false, activation: 'sigmoid' })],
    ['a product', joined('Multiply', 'relu')],
    ['a sum with units behind a sigmoid', joined('Add', 'sigmoid')],
    [
      'recurrent units',
      sequentialOf([3, 4], [{ class_name: 'SimpleRNN', config: { name: 'a', units: 3, activation: 'relu' } }, OUT]),
    ],
  ])('given %s, then what goes out of a unit is added as it is', (_, topology) => {
    expect(shareOf(topology, three)).toBeCloseTo(1, 4);
  });

  it('given slopes or filters that differ, then what goes out of a unit is added as it is', () => {
    const change = (weight: NamedTensor): NamedTensor =>
      weight.name.startsWith('b/') ? { ...weight, values: weight.values.map((value, i) => value + i) } : weight;
    expect(shareOf(sequence(...through('PReLU')), three, change)).toBeCloseTo(1, 4);
    expect(shareOf(image({ use_bias: false }), three, change)).toBeCloseTo(1, 4);
  });

  it('given coupled units in different ratios, then what goes out of them is added as it is', () => {
    expect(shareOf(joined('Add', 'relu'), (layer) => (layer === 'a' ? 3 : 2))).toBeCloseTo(1, 4);
  });

  it('given an exact copy, then its outgoing weights are added to the last bit', () => {
    const topology = sequence(activated('relu'), OUT);
    const weights = withMultiple(topology, randomWeights(topology, 5), { layer: 'a', unit: 1, source: 0 }, () => 1);
    const merged = mergeUnits(topology, weights, { a: new Map([[1, 0]]) });
    const [a = 0, b = 0, c = 0, d = 0, ...rest] = weights.find(({ name }) => name === 'out/kernel')?.values ?? [];
    expect(merged.find(({ name }) => name === 'out/kernel')?.values).toEqual(
      Float32Array.of(a + c, b + d, 0, 0, ...rest),
    );
  });
});
