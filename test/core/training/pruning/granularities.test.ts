import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pruningGroups, removalOf } from '../../../../core/models/groups.js';
import { planRemoval } from '../../../../core/models/surgery.js';
import { shapeCost } from '../../../../core/pruning/model-costs.js';
import type { Observation } from '../../../../core/sweep/observation.js';
import { type PrunedSweep, prunedSweep, SMALL_NETWORKS } from '../../../support/pruned-sweep.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';

const { cnn } = SMALL_NETWORKS;
const MAGNITUDE = { criterion: 'magnitude', scope: 'global' } as const;
const COUNTS = ['weights', 'parameters', 'macs', 'bytes'] as const;

describe('granularities of stages', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  let given: PrunedSweep;

  beforeAll(async () => {
    given = await prunedSweep(await temporaryFolder(), cnn);
  });

  const layerOf = (o: Observation, name: string) => o.layers.find(({ layer }) => layer === name);
  const nonzeroOf = (o: Observation, name: string) => layerOf(o, name)?.nonzero;

  it('given 2:4 but in the first layer, then half of each group of all others is zero', async () => {
    const layers = [{ pattern: 'first', exclude: true }];
    const method = { ...MAGNITUDE, granularity: { nOfM: { groupSize: 4 } }, scope: 'layer', layers };
    const record = await given.sweep.run(given.stage(method));
    expect(record.observation.layers.map(({ nonzero }) => nonzero)).toEqual([72, 432, 3456, 80]);
    const { masks } = await given.stateOf(record);
    const mask = masks.get('hidden/kernel') ?? new Uint8Array();
    for (let unit = 0; unit < 16; unit++)
      for (let from = 0; from < 432; from += 4) {
        const group = [0, 1, 2, 3].map((i) => mask[(from + i) * 16 + unit]);
        expect(group.filter((one) => one === 1)).toHaveLength(2);
      }
  });

  it('given blocks, then they are zero as one', async () => {
    const record = await given.sweep.run(
      given.stage({ ...MAGNITUDE, granularity: { block: { height: 4, width: 4, pooling: 'avg' } } }),
    );
    const mask = (await given.stateOf(record)).masks.get('hidden/kernel') ?? new Uint8Array();
    mask.forEach((one, i) => {
      const [row, column] = [Math.floor(i / 16), i % 16];
      expect(one).toBe(mask[(row - (row % 4)) * 16 + column - (column % 4)]);
    });
    // At most a block more than was asked.
    const total = 72 + 864 + 6912 + 160;
    expect(record.observation.reachedSparsity).toBeGreaterThanOrEqual(0.5);
    expect(record.observation.reachedSparsity).toBeLessThan(0.5 + 16 / total);
  });

  it('given windows, then those of convolutions alone are zero as one', async () => {
    const record = await given.sweep.run(given.stage({ ...MAGNITUDE, granularity: 'kernel' }));
    const { masks } = await given.stateOf(record);
    expect([...masks.keys()]).toEqual(['first/kernel', 'second/kernel']);
    const mask = masks.get('second/kernel') ?? new Uint8Array();
    mask.forEach((one, i) => {
      expect(one).toBe(mask[i % 96]);
    });
    expect(record.observation.reachedSparsity).toBeCloseTo(0.5, 9);
  });

  it.each([
    ['filter', [4, 6, 16]],
    ['neuron', [8, 12, 8]],
    ['unit', [4, 6, 8]],
  ] as const)('given half of each %s, then that is what is left of each layer', async (granularity, left) => {
    const o = await given.prune({ granularity, criterion: 'l2', scope: 'layer' });
    expect(o.layers.slice(0, 3).map(({ units }) => units)).toEqual(left);
    expect(o.layers.slice(0, 3).map(({ baselineUnits }) => baselineUnits)).toEqual([8, 12, 16]);
    expect(o.reachedSparsity).toBe(0.5);
    expect(o.surgeryDifference).toBeLessThan(1e-4);
  });

  it.each(COUNTS)('given a sparsity of %s met by masks, then one weight more would be too many', async (count) => {
    const whole = shapeCost(cnn, count);
    const o = await given.prune({ ...MAGNITUDE, granularity: 'weight', count });
    const weight = { weights: 1, parameters: 1, bytes: 4, macs: 13 * 13 }[count];
    expect(o.reachedSparsity * whole).toBeGreaterThanOrEqual(0.5 * whole - 1e-6);
    expect(o.reachedSparsity * whole).toBeLessThan(0.5 * whole + weight);
    if (count === 'parameters') expect(o.nonzeroParameters).toBeLessThanOrEqual(o.parameters / 2);
    if (count === 'macs') expect(o.nonzeroMacs).toBeLessThanOrEqual(o.macs / 2);
    if (count === 'bytes') expect(o.bytesSparse).toBeLessThanOrEqual(o.bytesDense / 2);
  });

  it.each(COUNTS)('given a sparsity of %s met by removal, then one unit more would be too many', async (count) => {
    const whole = shapeCost(cnn, count);
    const o = await given.prune({ granularity: 'unit', criterion: 'l2', scope: 'global', count });
    const unit = Math.max(
      ...pruningGroups(cnn).groups.map(
        (group) => whole - shapeCost(planRemoval(cnn, removalOf(group, [0])).topology, count),
      ),
    );
    expect(o.reachedSparsity * whole).toBeGreaterThanOrEqual(0.5 * whole - 1e-6);
    expect(o.reachedSparsity * whole).toBeLessThan(0.5 * whole + unit);
    if (count === 'macs') expect(o.macs).toBeLessThanOrEqual(given.dense.macs / 2);
    if (count === 'parameters') expect(o.parameters).toBeLessThanOrEqual(given.dense.parameters / 2);
  });

  it('given rules, then layers are as they say', async () => {
    const layers = [
      { pattern: 'f*', exclude: true },
      { pattern: 'second', sparsity: 0.25 },
      { pattern: 'hidden', floor: 0.095 },
    ];
    const o = await given.prune({ ...MAGNITUDE, granularity: 'weight', layers }, { sparsity: 0.9 });
    expect(nonzeroOf(o, 'first')).toBe(72);
    expect(nonzeroOf(o, 'second')).toBe(648);
    expect(nonzeroOf(o, 'hidden')).toBe(Math.ceil(0.095 * 6912));
    // What is compared is counted by itself: 90 % of the two dense kernels.
    expect((nonzeroOf(o, 'hidden') ?? 0) + (nonzeroOf(o, 'dense') ?? 0)).toBe(Math.round(0.1 * (6912 + 160)));
    expect(o.layers.filter(({ floorHit }) => floorHit).map(({ layer }) => layer)).toEqual(['hidden']);
  });

  it('given rules for units, then layers are as they say', async () => {
    const layers = [
      { pattern: 'first', exclude: true },
      { pattern: 'sec?nd', sparsity: 0.25 },
      { pattern: 'hidden', floor: 0.5 },
    ];
    const method = { granularity: 'unit', criterion: 'l2', scope: 'layer', layers };
    const o = await given.prune(method, { sparsity: 0.75 });
    expect(o.layers.slice(0, 3).map(({ units }) => units)).toEqual([8, 9, 8]);
    expect(layerOf(o, 'hidden')?.floorHit).toBe(true);
  });

  it('given rounds that leave one unit of a layer, then it counts on, and the whole target is met exactly', async () => {
    const layers = [{ pattern: 'first', sparsity: 0.875 }];
    const method = { granularity: 'unit', criterion: 'l2', scope: 'global', layers };
    const first = given.stage(method, { sparsity: 0.25 });
    await given.sweep.run(first);
    const o = await given.prune(method, { sparsity: 0.5 }, first);
    expect(
      o.layers
        .slice(0, 3)
        .map(({ units }) => units)
        .reduce((sum, units) => sum + units),
    ).toBe(1 + 14);
    // Of those that are compared: the first has a sparsity of its own.
    expect(o.reachedSparsity).toBeCloseTo(1 - 14 / 28, 9);
  });
});

describe.each(['lstm', 'gru'] as const)('recurrent units of the network %s', (network) => {
  const temporaryFolder = temporaryFolders(afterAll);

  it('given half of them, then they are gone with all gates, by either granularity', async () => {
    const given = await prunedSweep(await temporaryFolder(), SMALL_NETWORKS[network]);
    const gates = network === 'lstm' ? 4 : 3;
    for (const granularity of ['recurrent', 'unit']) {
      const o = await given.prune({ granularity, criterion: 'l2', scope: 'layer' });
      expect(o.layers.map(({ parameters }) => parameters)).toEqual([196 * 6 * gates, 36 * gates, 60]);
      expect(o.reachedSparsity).toBe(0.5);
      expect(o.surgeryDifference).toBeLessThan(1e-4);
    }
  });
});
