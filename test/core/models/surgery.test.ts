import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costsOf } from '../../../core/models/costs.js';
import { pruningGroups, removalOf } from '../../../core/models/groups.js';
import { planRemoval } from '../../../core/models/surgery.js';
import { errorOf } from '../../support/errors.js';
import { randomRemoval, removableLayers, removalError, removeUnits } from '../../support/removals.js';
import { functionalOf, type Layer, randomWeights, sequentialOf } from '../../support/tiny-networks.js';

const dense = (name: string, units: number, activation = 'linear'): Layer => ({
  class_name: 'Dense',
  config: { name, units, activation },
});
const conv = (name: string, filters: number, size = 3, config: Record<string, unknown> = {}): Layer => ({
  class_name: 'Conv2D',
  config: { name, filters, kernel_size: [size, size], padding: 'same', activation: 'linear', ...config },
});
const plain = (class_name: string, name: string, config: Record<string, unknown> = {}): Layer => ({
  class_name,
  config: { name, ...config },
});
const pool = (name: string): Layer =>
  plain('MaxPooling2D', name, { pool_size: [2, 2], strides: [2, 2], padding: 'valid' });

/** A random chain of convolutions, then dense layers; between them what real networks have. */
const randomNetwork = fc
  .record({
    filters: fc.array(fc.integer({ min: 2, max: 5 }), { minLength: 1, maxLength: 3 }),
    units: fc.array(fc.integer({ min: 2, max: 6 }), { maxLength: 2 }),
    norm: fc.boolean(),
    pooled: fc.boolean(),
    depthwise: fc.boolean(),
    global: fc.boolean(),
    channels: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ filters, units, norm, pooled, depthwise, global, channels }) =>
    sequentialOf(
      [6, 6, channels],
      [
        ...filters.flatMap((count, i) => [
          conv(`conv${i}`, count, i % 2 === 0 ? 3 : 1),
          ...(norm ? [plain('BatchNormalization', `norm${i}`)] : []),
          plain('ReLU', `relu${i}`),
        ]),
        ...(depthwise
          ? [plain('DepthwiseConv2D', 'depthwise', { kernel_size: [3, 3], depth_multiplier: 2, padding: 'same' })]
          : []),
        ...(pooled ? [pool('pool')] : []),
        global ? plain('GlobalAveragePooling2D', 'global') : plain('Flatten', 'flatten'),
        ...units.map((count, i) => dense(`hidden${i}`, count, 'relu')),
        dense('out', 3),
      ],
    ),
  );

describe('removal of units', () => {
  it('given random networks, then the smaller model gives the masked model’s outputs and counts its own parameters', async () => {
    await fc.assert(
      fc.asyncProperty(randomNetwork, fc.nat(1_000), async (topology, seed) => {
        const remove = randomRemoval(topology, seed);
        expect(await removalError(topology, remove, seed)).toBeLessThan(1e-4);
        const smaller = removeUnits(topology, randomWeights(topology, seed), remove);
        const counted = smaller.weights.reduce((sum, { values }) => sum + values.length, 0);
        expect(costsOf(smaller.topology).parameters).toBe(counted);
        const removed = Object.keys(remove).length > 0;
        expect(counted < costsOf(topology).parameters).toBe(removed);
      }),
      { numRuns: 40 },
    );
  });

  it('given branches that are added, when one of them loses units, then all the others lose the same ones', async () => {
    const topology = functionalOf(
      [6, 6, 2],
      [
        { ...conv('stem', 6), from: ['input'] },
        { ...conv('left', 6), from: ['stem'] },
        { ...plain('BatchNormalization', 'norm'), from: ['left'] },
        { ...plain('Add', 'add'), from: ['stem', 'norm'] },
        { ...plain('ReLU', 'relu'), from: ['add'] },
        { ...plain('GlobalAveragePooling2D', 'global'), from: ['relu'] },
        { ...dense('out', 3), from: ['global'] },
      ],
    );
    const plan = planRemoval(topology, { left: [1, 4] });
    expect(plan.keptUnits).toEqual({ stem: [0, 2, 3, 5], left: [0, 2, 3, 5] });
    expect(removableLayers(topology)).toEqual(['stem']);
    expect(await removalError(topology, { left: [1, 4] }, 3)).toBeLessThan(1e-4);
  });

  it('given branches side by side, then the layer after them loses the right part', async () => {
    const topology = functionalOf(
      [6, 6, 2],
      [
        { ...conv('a', 4), from: ['input'] },
        { ...conv('b', 3), from: ['input'] },
        { ...plain('Concatenate', 'join', { axis: -1 }), from: ['a', 'b'] },
        { ...plain('BatchNormalization', 'norm'), from: ['join'] },
        { ...conv('c', 4), from: ['norm'] },
        { ...plain('Flatten', 'flatten'), from: ['c'] },
        { ...dense('out', 3), from: ['flatten'] },
      ],
    );
    expect(planRemoval(topology, { b: [0, 2] }).kept.get('c/kernel')?.[2]).toEqual([0, 1, 2, 3, 5]);
    expect(await removalError(topology, { a: [3], b: [0, 2], c: [1] }, 5)).toBeLessThan(1e-4);
  });

  it('given recurrent layers, then every gate and the recurrent kernel lose the unit', async () => {
    const topology = sequentialOf(
      [5, 3],
      [
        plain('LSTM', 'lstm', { units: 5, return_sequences: true }),
        plain('GRU', 'gru', { units: 4, reset_after: false }),
        dense('out', 3),
      ],
    );
    const plan = planRemoval(topology, { lstm: [2], gru: [0] });
    expect(plan.kept.get('lstm/kernel')?.[1]).toHaveLength(16);
    expect(plan.kept.get('gru/recurrent_kernel')?.map((kept) => kept?.length)).toEqual([3, 9]);
  });

  it('given units removed twice, then it is as if they were removed at once', () => {
    const topology = sequentialOf([6], [dense('a', 6, 'relu'), dense('out', 3)]);
    const weights = randomWeights(topology, 1);
    const first = removeUnits(topology, weights, { a: [1, 4] });
    const twice = removeUnits(first.topology, first.weights, { a: [0] });
    expect(twice.weights).toEqual(removeUnits(topology, weights, { a: [0, 1, 4] }).weights);
  });
});

describe('removal that cannot be', () => {
  const mlp = sequentialOf([6], [dense('a', 6, 'relu'), dense('out', 3)]);

  it.each([
    ['all units of a layer', { a: [0, 1, 2, 3, 4, 5] }],
    ['a unit that is not there', { a: [6] }],
    ['half a unit', { a: [0.5] }],
  ])('given %s, then the shape is impossible', async (_, remove) => {
    const error = await errorOf('PRUNEFRONT_IMPOSSIBLE_SHAPE', () => planRemoval(mlp, remove));
    expect(error.facts.place).toBe('a');
  });

  it('given units of the output, then they are not removable', async () => {
    await errorOf('PRUNEFRONT_NOT_REMOVABLE', () => planRemoval(mlp, { out: [0] }));
    expect(removableLayers(mlp)).toEqual(['a']);
  });

  it.each([
    ['two positions of a channel are features of one', [4, 4, 2], 6, [8, 12], [0, 1, 2, 3, 4, 5]],
    ['a channel is parted among positions', [4, 4, 2], 6, [4, 8, 3], [0, 1, 2, 0, 1, 2]],
    ['channels are both joined and parted', [3, 4, 2], 6, [18, 4], [0, 1, 0, 1, 0, 1]],
    ['the size of the other axis is left open', [4, 4, 2], 6, [-1, 12], [0, 1, 2, 3, 4, 5]],
    ['channels become positions', [4, 4, 2], 6, [-1, 2, 2], [0, 1, 0, 1, 0, 1]],
  ])(
    'given a Reshape by which %s, then what goes together is followed, and the smaller model gives the masked one’s outputs',
    async (_, input, filters, target, classes) => {
      const topology = sequentialOf(input, [
        conv('c', filters, 3, { activation: 'sigmoid' }),
        plain('Reshape', 'r', { target_shape: target }),
        dense('d', 5, 'relu'),
        plain('Flatten', 'flat'),
        dense('out', 3),
      ]);
      const group = pruningGroups(topology).groups.find(({ name }) => name === 'c');
      expect(group?.members).toEqual([{ layer: 'c', kind: 'filter', classes }]);
      for (let gone = 1; gone < (group?.classes ?? 0); gone++) {
        const remove =
          group === undefined
            ? {}
            : removalOf(
                group,
                Array.from({ length: gone }, (_, id) => id),
              );
        expect(await removalError(topology, remove, gone)).toBeLessThan(1e-4);
      }
    },
  );

  it('given a layer that mixes features, then what is before it is not removable', async () => {
    const topology = sequentialOf(
      [4, 4, 1],
      [conv('c', 3), plain('Reshape', 'mix', { target_shape: [6, 8] }), plain('Flatten', 'flat'), dense('out', 3)],
    );
    const error = await errorOf('PRUNEFRONT_NOT_REMOVABLE', () => planRemoval(topology, { c: [0] }));
    expect(error.facts.place).toBe('mix');
    expect(removableLayers(topology)).toEqual([]);
  });

  it('given a unit that is added to the input, then it is not removable', async () => {
    const topology = functionalOf(
      [4],
      [
        { ...dense('a', 4), from: ['input'] },
        { ...plain('Add', 'add'), from: ['a', 'input'] },
        { ...dense('out', 3), from: ['add'] },
      ],
    );
    await errorOf('PRUNEFRONT_NOT_REMOVABLE', () => planRemoval(topology, { a: [0] }));
  });

  it('given an unknown layer or one without units, then it is told', async () => {
    await errorOf('PRUNEFRONT_MODEL_UNSUPPORTED', () => planRemoval(mlp, { nowhere: [0] }));
    await errorOf('PRUNEFRONT_NOT_REMOVABLE', () => planRemoval(mlp, { input: [0] }));
  });
});
