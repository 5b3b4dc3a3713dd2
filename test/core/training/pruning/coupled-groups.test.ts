import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialWeights } from '../../../../core/models/initial-weights.js';
import { planRemoval } from '../../../../core/models/surgery.js';
import { shapeCost } from '../../../../core/pruning/model-costs.js';
import type { Observation, StageRecord } from '../../../../core/sweep/observation.js';
import type { Method } from '../../../../core/sweep/spec.js';
import { storeLayersModel } from '../../../../core/training/stages/initial-state.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { functionalOf, type Layer } from '../../../support/tiny-networks.js';
import { pruning, type TinySweep, TRAINING, tinySweep } from '../../../support/tiny-sweep.js';

const conv = (name: string, filters: number, kernel: number, from: string) => ({
  class_name: 'Conv2D',
  config: { name, filters, kernel_size: [kernel, kernel], strides: [4, 4], padding: 'same', activation: 'relu' },
  from: [from],
});
const layer = (class_name: string, name: string, from: readonly string[], config: Layer['config'] = {}) => ({
  ...{ class_name, config: { name, ...config }, from },
});
/** A convolution that is added to two narrower ones side by side, of which the second has by far the most weights. */
const JOINED = functionalOf(
  [28, 28, 1],
  [
    conv('wide', 8, 3, 'input'),
    conv('small', 4, 1, 'input'),
    conv('large', 4, 7, 'input'),
    layer('Concatenate', 'both', ['small', 'large']),
    layer('Add', 'sum', ['wide', 'both']),
    layer('GlobalAveragePooling2D', 'mean', ['sum']),
    layer('Dense', 'dense', ['mean'], { units: 10, activation: 'softmax' }),
  ],
);
const UNITS: Method = { granularity: 'unit', criterion: 'l2', scope: 'global' };

describe('coupled layers that do not all have all units of their group', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  let sweep: TinySweep;
  let baseline: ReturnType<TinySweep['baseline']>;

  beforeAll(async () => {
    sweep = await tinySweep(await temporaryFolder());
    // The narrow layer of one weight a unit has by far the lowest scores.
    const weights = initialWeights(JOINED, 1).map((weight) =>
      weight.name === 'small/kernel' || weight.name === 'wide/kernel'
        ? {
            ...weight,
            values: weight.values.map((value, i) =>
              weight.name === 'small/kernel' || i % 8 < 4 ? value * 1e-3 : value,
            ),
          }
        : weight,
    );
    const stored = await storeLayersModel({ topology: JOINED, weights }, sweep.store);
    baseline = sweep.baseline({ stored }, [], { ...TRAINING, epochs: 0 });
    await sweep.run(baseline);
  });

  const stage = (method: Method, sparsity: number, parent = baseline) =>
    sweep.child(parent, pruning({ method, sparsity, training: { ...TRAINING, epochs: 0 } }));
  const unitsOf = (o: Observation): number[] =>
    ['wide', 'small', 'large'].map((name) => o.layers.find((each) => each.layer === name)?.units ?? 0);
  const keptOf = async (record: StageRecord) => (await sweep.stateOf(record)).keptUnits;

  it('given scores by which one of them would lose all its units, then it keeps one, and the target is met exactly', async () => {
    const { observation } = await sweep.run(stage(UNITS, 0.5));
    expect(unitsOf(observation)).toEqual([4, 1, 3]);
    expect(observation.reachedSparsity).toBe(0.5);
    expect(observation.surgeryDifference).toBeLessThan(1e-4);
  });

  it('given a floor, then each layer keeps its part', async () => {
    const layers = [{ pattern: 'wide', floor: 0.5 }];
    const { observation } = await sweep.run(stage({ ...UNITS, layers }, 0.5));
    expect(unitsOf(observation)).toEqual([4, 2, 2]);
  });

  it('given rounds after which one of them has a single unit, then it stays and counts on, whatever the sparsity', async () => {
    const first = stage(UNITS, 0.5);
    await sweep.run(first);
    const second = await sweep.run(stage(UNITS, 0.625, first));
    expect(unitsOf(second.observation)).toEqual([3, 1, 2]);
    expect(second.observation.reachedSparsity).toBe(0.625);
    const last = await sweep.run(stage(UNITS, 0.99, first));
    expect(unitsOf(last.observation)).toEqual([2, 1, 1]);
  });

  it('given any count, then it is that of the units that go, and a unit more would be too many', async () => {
    for (const count of ['weights', 'parameters', 'macs', 'bytes'] as const) {
      const record = await sweep.run(stage({ ...UNITS, count }, 0.4));
      const [whole, kept] = [shapeCost(JOINED, count), await keptOf(record)];
      expect(record.observation.reachedSparsity).toBeGreaterThanOrEqual(0.4 - 1e-9);
      const gone = [...Array(8).keys()].filter((unit) => !kept['wide']?.includes(unit));
      const lighter = gone.map((unit) => {
        const remove = gone.filter((other) => other !== unit);
        return 1 - shapeCost(planRemoval(JOINED, { wide: remove }).topology, count) / whole;
      });
      expect(Math.min(...lighter)).toBeLessThan(0.4);
    }
  });

  it('given more than the layers can lose, then the refusal tells what can be reached', async () => {
    await expect(sweep.run(stage({ ...UNITS, count: 'macs' }, 0.95))).rejects.toMatchObject({
      code: 'PRUNEFRONT_SPARSITY_UNREACHABLE',
      facts: { allowed: expect.stringMatching(/^at most 0\.\d+$/) },
    });
  });
});
