import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskBlock, removableBlocks, removeBlock } from '../../../core/models/blocks.js';
import { costsOf } from '../../../core/models/costs.js';
import { pruningGroups } from '../../../core/models/groups.js';
import type { Topology } from '../../../core/models/topology.js';
import { zooModel } from '../../../core/models/zoo/index.js';
import { errorOf } from '../../support/errors.js';
import { randomGraph } from '../../support/random-graphs.js';
import { outputError } from '../../support/removals.js';
import { functionalOf, type Layer, randomWeights, sequentialOf } from '../../support/tiny-networks.js';

const layer = (class_name: string, name: string, config: Record<string, unknown> = {}): Layer => ({
  class_name,
  config: { name, ...config },
});
const dense = (name: string, units: number, activation = 'linear'): Layer =>
  layer('Dense', name, { units, activation });

/** x + f(x) between two dense layers. */
const residual = (...branch: readonly Layer[]): Topology =>
  functionalOf(
    [3],
    [
      { ...dense('x', 4), from: ['input'] },
      ...branch.map((each, i) => ({ ...each, from: [String(branch[i - 1]?.config['name'] ?? 'x')] })),
      { ...layer('Add', 'sum'), from: ['x', String(branch.at(-1)?.config['name'])] },
      { ...layer('ReLU', 'relu'), from: ['sum'] },
      { ...dense('out', 2), from: ['relu'] },
    ],
  );

const reasonOf = (topology: Topology, name: string): string | undefined =>
  removableBlocks(topology).staying.find(({ layer }) => layer === name)?.reason;

describe('blocks that go as a whole', () => {
  it('given random graphs, then the model without any of its blocks gives the masked model’s outputs and costs as much less', async () => {
    const kinds = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(randomGraph, fc.nat(1_000), async (topology, seed) => {
        const model = { topology, weights: randomWeights(topology, seed) };
        for (const { name, kind, parameters, macs } of removableBlocks(topology).blocks) {
          const smaller = removeBlock(model, name);
          expect(await outputError(maskBlock(model, name), smaller, seed)).toBeLessThan(1e-4);
          const [before, after] = [costsOf(topology), costsOf(smaller.topology)];
          expect([before.parameters - after.parameters, before.macs - after.macs]).toEqual([parameters, macs]);
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        }
      }),
      { numRuns: 400, seed: 6 },
    );
    expect(kinds.get('layer')).toBeGreaterThan(20);
    expect(kinds.get('residual')).toBeGreaterThan(20);
  }, 120_000);

  it('given the residual net of the zoo, then each of its blocks goes, and leaves its shortcut or projection', () => {
    const topology = zooModel('residualCnn');
    const { blocks, staying } = removableBlocks(topology);
    const insideOf = (block: string): string[] =>
      ['1', '1_norm', '1_relu', '2', '2_norm', 'add'].map((name) => `${block}_${name}`);
    expect(blocks.map(({ name, layers }) => [name, layers])).toEqual([
      ['block1_1', ['block1_1']],
      ['block1_2', ['block1_2']],
      ['block1_add', insideOf('block1')],
      ['block2_2', ['block2_2']],
      ['block2_add', insideOf('block2')],
      ['block3_2', ['block3_2']],
      ['block3_add', insideOf('block3')],
    ]);
    expect(blocks[2]).toMatchObject({ kind: 'residual', parameters: 2 * (2304 + 64), macs: 2 * 2304 * 28 * 28 });
    expect(Object.fromEntries(staying.map(({ layer, reason }) => [layer, reason]))).toMatchObject({
      stem: 'it makes [28, 28, 16] of [28, 28, 1]',
      block2_1: 'it makes [14, 14, 32] of [28, 28, 16]',
      block2_projection: 'it makes [14, 14, 32] of [28, 28, 16]',
    });
    const { topology: smaller } = removeBlock({ topology, weights: randomWeights(topology, 1) }, 'block1_add');
    // Nothing is added to the stem any more.
    expect(pruningGroups(smaller).groups[0]?.members.map((member) => member.layer)).toEqual(['stem']);
  });

  it('given a block beside a projection, then what is left gives the outputs of the projection alone', async () => {
    const topology = zooModel('residualCnn');
    const model = { topology, weights: randomWeights(topology, 1) };
    for (const block of ['block2', 'block3']) {
      const smaller = removeBlock(model, `${block}_add`);
      expect(await outputError(maskBlock(model, `${block}_add`), smaller, 1)).toBeLessThan(1e-5);
      const relu = smaller.topology.nodes.find(({ name }) => name === `${block}_relu`);
      expect(smaller.topology.nodes[relu?.inputs[0] ?? -1]?.name).toBe(`${block}_projection_norm`);
    }
  });

  it('given any order in which blocks go, then what is left at the end is the same', () => {
    const without = (topology: Topology, order: readonly number[]): number => {
      const { blocks } = removableBlocks(topology);
      const [next = 0, ...later] = order;
      const block = blocks[next % Math.max(1, blocks.length)];
      if (block === undefined) return costsOf(topology).parameters;
      return without(removeBlock({ topology, weights: [] }, block.name).topology, later);
    };
    const projected = functionalOf(
      [3],
      [
        { ...dense('x', 4), from: ['input'] },
        { ...dense('beside', 3), from: ['x'] },
        { ...layer('LayerNormalization', 'norm'), from: ['beside'] },
        { ...layer('BatchNormalization', 'scaled'), from: ['norm'] },
        { ...dense('a', 4), from: ['x'] },
        { ...dense('b', 4), from: ['a'] },
        { ...layer('RepeatVector', 'twice', { n: 2 }), from: ['b'] },
        { ...layer('Flatten', 'flat'), from: ['twice'] },
        { ...dense('c', 3), from: ['flat'] },
        { ...layer('Add', 'sum'), from: ['scaled', 'c'] },
        { ...dense('out', 2), from: ['sum'] },
      ],
    );
    for (const topology of [zooModel('residualCnn'), projected]) {
      const left = fc.sample(fc.array(fc.nat(30), { minLength: 12, maxLength: 12 }), { numRuns: 40, seed: 6 });
      expect(new Set(left.map((order) => without(topology, order))).size).toBe(1);
    }
  });

  it.each([
    ['the larger one', ['a', 'b'], 'c', ['a', 'b', 'sum']],
    ['the one that weights can silence', ['a', 'shifted'], 'c', ['c', 'sum']],
  ])('given two branches of a sum, then %s goes', async (_, [first = '', second = ''], other, gone) => {
    const topology = functionalOf(
      [3],
      [
        { ...dense('x', 4), from: ['input'] },
        { ...dense(first, 5), from: ['x'] },
        { ...dense(second, 2, second === 'shifted' ? 'softplus' : 'tanh'), from: [first] },
        { ...dense(other, 2), from: ['x'] },
        { ...layer('Add', 'sum'), from: [second, other] },
        { ...dense('out', 2), from: ['sum'] },
      ],
    );
    const model = { topology, weights: randomWeights(topology, 1) };
    expect(removableBlocks(topology).blocks.find(({ name }) => name === 'sum')?.layers).toEqual(gone);
    expect(await outputError(maskBlock(model, 'sum'), removeBlock(model, 'sum'), 1)).toBeLessThan(1e-6);
  });

  it('given an LSTM of equal sizes, then it can be passed by', async () => {
    const topology = sequentialOf(
      [4, 3],
      [layer('LSTM', 'lstm', { units: 3, return_sequences: true }), layer('Flatten', 'flat'), dense('out', 2)],
    );
    const model = { topology, weights: randomWeights(topology, 1) };
    expect(removableBlocks(topology).blocks.map(({ name }) => name)).toEqual(['lstm']);
    expect(removeBlock(model, 'lstm').topology.nodes.map(({ name }) => name)).toEqual(['input', 'flat', 'out']);
    expect(await outputError(maskBlock(model, 'lstm'), removeBlock(model, 'lstm'), 1)).toBeLessThan(1e-6);
  });

  it.each([
    ['no weights make its end zero', residual(dense('f', 4, 'sigmoid')), 'no weights make the output of f zero'],
    [
      'its end is shifted',
      residual(dense('f', 4), layer('Activation', 'g', { activation: 'softplus' })),
      'no weights make the output of g zero',
    ],
    [
      'there are no weights at its end',
      residual(layer('Dropout', 'f', { rate: 0.5 })),
      'no weights make the output of f zero',
    ],
    [
      'another layer takes its inside',
      functionalOf(
        [4],
        [
          { ...dense('f', 4), from: ['input'] },
          { ...dense('g', 4), from: ['f'] },
          { ...layer('Add', 'sum'), from: ['g', 'input'] },
          { ...layer('Concatenate', 'both'), from: ['sum', 'f'] },
          { ...dense('out', 2), from: ['both'] },
        ],
      ),
      'other layers take from inside its branches',
    ],
  ])('given a residual block, when %s, then it stays and says so', (_, topology, reason) => {
    expect(reasonOf(topology, 'sum')).toBe(reason);
  });

  it.each([
    ['a batch norm', [dense('f', 4, 'sigmoid'), layer('BatchNormalization', 'n')]],
    ['a batch norm without gamma', [dense('f', 4), layer('BatchNormalization', 'n', { scale: false })]],
    ['slopes', [dense('f', 4), layer('PReLU', 'p')]],
  ])('given a residual block that ends in %s, then it goes', async (_, branch) => {
    const topology = residual(...branch);
    const model = { topology, weights: randomWeights(topology, 1) };
    expect(removableBlocks(topology).blocks.find(({ name }) => name === 'sum')?.kind).toBe('residual');
    expect(await outputError(maskBlock(model, 'sum'), removeBlock(model, 'sum'), 1)).toBeLessThan(1e-6);
  });

  it('given a layer whose input is taken beside it, then it stays: nothing can take one output twice', () => {
    expect(reasonOf(residual(dense('f', 4, 'sigmoid')), 'f')).toBe('sum would take one output twice');
  });

  it('given a layer that is no block, then the reason and the blocks are told', async () => {
    const topology = residual(dense('f', 4), dense('g', 4));
    const error = await errorOf('PRUNEFRONT_NOT_REMOVABLE', () => removeBlock({ topology, weights: [] }, 'out'));
    expect(error.message).toBe('out cannot go as a whole: it makes [2] of [4]');
    expect(error.facts).toMatchObject({ place: 'out', allowed: 'f, g, sum' });
    await errorOf('PRUNEFRONT_NOT_REMOVABLE', () => removeBlock({ topology, weights: [] }, 'nowhere'));
  });
});
