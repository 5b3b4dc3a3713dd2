import { describe, expect, it } from 'vitest';
import { costsOf } from '../../../core/models/costs.js';
import { pruningGroups } from '../../../core/models/groups.js';
import { planRemoval, type Removal } from '../../../core/models/surgery.js';
import { zooModel } from '../../../core/models/zoo/index.js';
import { randomRemoval, removableLayers, removalError, removeUnits } from '../../support/removals.js';
import { randomWeights } from '../../support/tiny-networks.js';

const residual = zooModel('residualCnn');
const recurrent = zooModel('lstm64');

/** What the units are that can go. */
function kindsOf(topology: typeof residual): string[] {
  return [...new Set(pruningGroups(topology).groups.flatMap(({ members }) => members.map(({ kind }) => kind)))];
}

/** Costs of the smaller model, counted on its weights as well. */
function smallerCosts(topology: typeof residual, remove: Removal) {
  const smaller = removeUnits(topology, randomWeights(topology, 1), remove);
  const costs = costsOf(smaller.topology);
  expect(smaller.weights.reduce((sum, { values }) => sum + values.length, 0)).toBe(costs.parameters);
  return costs;
}

describe('the residual net of the zoo', () => {
  it('given its layers, then those that additions couple count once, and only filters can go', () => {
    const groups = ['stem', 'block1_1', 'block2_1', 'block2_2', 'block3_1', 'block3_2'];
    expect(removableLayers(residual)).toEqual(groups);
    expect(pruningGroups(residual).groups.map(({ name, classes }) => [name, classes])).toEqual(
      groups.map((layer, i) => [layer, [16, 16, 32, 32, 64, 64][i]]),
    );
    expect(kindsOf(residual)).toEqual(['filter']);
  });

  it.each([
    ['the stem', { stem: [0, 5] }, ['stem', 'block1_2']],
    ['the end of its first block', { block1_2: [0, 5] }, ['stem', 'block1_2']],
    ['a projection', { block2_projection: [0, 5] }, ['block2_2', 'block2_projection']],
    ['the inside of a block', { block3_1: [0, 5] }, ['block3_1']],
  ])('given filters of %s, then all that are added to them go too', async (_, remove, layers) => {
    const { keptUnits } = planRemoval(residual, remove);
    expect(Object.keys(keptUnits).sort()).toEqual([...layers].sort());
    expect(new Set(Object.values(keptUnits).map((kept) => kept.join())).size).toBe(1);
    expect(await removalError(residual, remove, 2)).toBeLessThan(1e-4);
  });

  it.each([1, 2, 3])(
    'given filters of all groups at once (%i), then the smaller net agrees with the masked one',
    async (seed) => {
      const remove = randomRemoval(residual, seed);
      expect(Object.keys(remove).length).toBeGreaterThan(3);
      expect(await removalError(residual, remove, seed)).toBeLessThan(1e-4);
    },
  );

  it('given half of every group, then it costs what a net of half the width costs', () => {
    const half = (units: number) => Array.from({ length: units / 2 }, (_, i) => 2 * i);
    const units = pruningGroups(residual).groups.map(({ name, classes }) => [name, half(classes)] as const);
    const kernels = [72, 2 * 576, 1152 + 2304 + 128, 4608 + 9216 + 512] as const;
    const norms = 4 * (8 + 2 * 8 + 3 * 16 + 3 * 32);
    expect(smallerCosts(residual, Object.fromEntries(units))).toEqual({
      parameters: kernels[0] + kernels[1] + kernels[2] + kernels[3] + norms + 330,
      macs: 28 * 28 * (kernels[0] + kernels[1]) + 14 * 14 * kernels[2] + 7 * 7 * kernels[3] + 320,
    });
  });
});

describe('the recurrent model of the zoo', () => {
  it('given its layers, then units of the LSTM can go, and nothing else', () => {
    expect(removableLayers(recurrent)).toEqual(['lstm']);
    expect(kindsOf(recurrent)).toEqual(['recurrent']);
  });

  it.each([
    ['one unit', { lstm: [17] }],
    ['half of the units', { lstm: Array.from({ length: 32 }, (_, i) => 2 * i + 1) }],
    ['all units but one', { lstm: Array.from({ length: 63 }, (_, i) => i) }],
  ])(
    'given %s, then the smaller model agrees with the masked one and costs exactly as much less',
    async (_, remove) => {
      expect(await removalError(recurrent, remove, 4)).toBeLessThan(1e-4);
      const units = 64 - remove.lstm.length;
      expect(smallerCosts(recurrent, remove)).toEqual({
        parameters: 4 * units * (28 + units + 1) + 10 * units + 10,
        macs: 28 * 4 * units * (28 + units) + 10 * units,
      });
    },
  );
});
