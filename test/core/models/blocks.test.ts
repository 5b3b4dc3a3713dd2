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

  it('given the residual net of the zoo, then its first block goes, and the others only by layers', () => {
    const topology = zooModel('residualCnn');
    const { blocks, staying } = removableBlocks(topology);
    const inside = ['block1_1', 'block1_1_norm', 'block1_1_relu', 'block1_2', 'block1_2_norm', 'block1_add'];
    expect(blocks.map(({ name, layers }) => [name, layers])).toEqual([
      ['block1_1', ['block1_1']],
      ['block1_2', ['block1_2']],
      ['block1_add', inside],
      ['block2_2', ['block2_2']],
      ['block3_2', ['block3_2']],
    ]);
    expect(blocks[2]).toMatchObject({ kind: 'residual', parameters: 2 * (2304 + 64), macs: 2 * 2304 * 28 * 28 });
    expect(Object.fromEntries(staying.map(({ layer, reason }) => [layer, reason]))).toMatchObject({
      stem: 'it makes [28, 28, 16] of [28, 28, 1]',
      block2_add: 'none of its branches begins at another one',
    });
    const { topology: smaller } = removeBlock({ topology, weights: randomWeights(topology, 1) }, 'block1_add');
    // Nothing is added to the stem any more.
    expect(pruningGroups(smaller).groups[0]?.members.map((member) => member.layer)).toEqual(['stem']);
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
      'none of its branches begins at another one',
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
