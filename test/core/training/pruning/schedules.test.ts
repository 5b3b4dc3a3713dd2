import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCHEDULES } from '../../../../core/pruning/schedules/index.js';
import { type Choice, defaultsOf } from '../../../../core/registry/index.js';
import { candidateStages } from '../../../../core/search/stages.js';
import type { Method } from '../../../../core/sweep/spec.js';
import { type PrunedSweep, prunedSweep, SMALL_NETWORKS } from '../../../support/pruned-sweep.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { TRAINING } from '../../../support/tiny-sweep.js';
import { parse, SHORT } from '../../spec/parse.js';

const WEIGHTS: Method = { granularity: 'weight', criterion: 'magnitude', scope: 'global' };
const UNITS: Method = { granularity: 'unit', criterion: 'l2', scope: 'layer' };
/** 8 + 12 + 16 units. */
const ALL_UNITS = 36;

/** A schedule that changes masks every third step, which does not divide its length. */
function often(name: string): Choice {
  const settings = defaultsOf(SCHEDULES.get(name));
  if (Object.keys(settings).length === 0) return name;
  return { [name]: { ...settings, frequency: 3 } };
}

const RAMPS = ['linear', 'polynomialDecay', 'exponential', 'cosine'];

describe('schedules of stages', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  let given: PrunedSweep;

  beforeAll(async () => {
    given = await prunedSweep(await temporaryFolder(), SMALL_NETWORKS.cnn);
  });

  it.each(SCHEDULES.names())('given weights on the schedule %s, then the final sparsity is reached', async (name) => {
    const o = await given.prune(WEIGHTS, { sparsity: 0.9, schedule: often(name), training: TRAINING });
    expect(Math.round((1 - o.reachedSparsity) * 8008)).toBe(801);
    expect(o.engine).toMatchObject({ kind: 'compiled' });
    const curve = o.curve.map(({ sparsity }) => sparsity);
    expect(curve).toEqual([...curve].sort((a, b) => a - b));
    expect(curve.at(-1)).toBe(0.9);
  });

  it.each(SCHEDULES.names().filter((name) => name !== 'rigL'))(
    'given units on the schedule %s, then they go step by step, and the final sparsity is reached and proven',
    async (name) => {
      const o = await given.prune(UNITS, { sparsity: 0.75, schedule: often(name), training: TRAINING });
      expect(o.layers.slice(0, 3).map(({ units }) => units)).toEqual([2, 3, 4]);
      expect(Math.round(o.reachedSparsity * ALL_UNITS)).toBe(27);
      expect(o.surgeryDifference).toBeLessThan(1e-4);
      const passed = new Set(o.curve.map(({ sparsity }) => sparsity));
      expect(passed.size > 2).toBe(RAMPS.includes(name));
    },
  );

  it.each([
    ['weights', WEIGHTS],
    ['units', UNITS],
    ['blocks', { ...WEIGHTS, granularity: { block: { height: 4, width: 4, pooling: 'avg' } } }],
  ] as const)('given %s at a sparsity of 0, then nothing changes, bit for bit', async (_, method) => {
    const record = await given.sweep.run(given.stage(method, { sparsity: 0 }));
    const baseline = await given.sweep.store.getRecord(given.baseline.key);
    expect((await given.stateOf(record)).weights).toEqual((await given.stateOf(baseline ?? record)).weights);
    expect(record.observation).toMatchObject({
      reachedSparsity: 0,
      surgeryDifference: null,
      validation: given.dense.validation,
    });
  });

  it('given movement on a gradual schedule, then it prunes by what training moved, and the sparsity is exact', async () => {
    const training = { ...TRAINING, epochs: 3 };
    const of = (criterion: string) =>
      given.sweep.run(given.stage({ ...WEIGHTS, criterion }, { sparsity: 0.8, schedule: often('linear'), training }));
    const [moved, large] = [await of('movement'), await of('magnitude')];
    expect(Math.round((1 - moved.observation.reachedSparsity) * 8008)).toBe(1602);
    expect(moved.observation.engine).toMatchObject({ kind: 'compiled' });
    const maskOf = async (record: typeof moved) => (await given.stateOf(record)).masks.get('hidden/kernel');
    expect(await maskOf(moved)).not.toEqual(await maskOf(large));
  });

  it('given 100 rounds of SynFlow from the start, then an extreme sparsity cuts no layer', async () => {
    const method = { ...WEIGHTS, criterion: { synflow: { iterations: 100 } } };
    const o = await given.prune(method, { sparsity: 0.98, from: 'start', training: TRAINING });
    expect(Math.round((1 - o.reachedSparsity) * 8008)).toBe(160);
    expect(Math.min(...o.layers.map(({ nonzero }) => nonzero))).toBeGreaterThan(0);
    expect(o.engine).toMatchObject({ kind: 'compiled' });
  });

  it.each([
    ['l1Regularised', { strength: 0.001, epochs: 1 }, { l1: 0.001 }],
    ['l2Regularised', { strength: 0.01, epochs: 1 }, { l2: 0.01 }],
    ['batchNormScale', { penalty: 1, epochs: 2 }, { gamma: 1 }],
  ] as const)('given %s, then a training with its penalty comes before the cut', async (name, settings, penalty) => {
    const spec = await parse(SHORT);
    const method: Method = { granularity: 'filter', criterion: { [name]: settings }, scope: 'global' };
    const recovery = { epochs: 0, learningRate: 0.002 };
    const chain = candidateStages(spec, given.baseline, { method, sparsity: 0.5, schedule: 'oneShot', recovery });
    const [tune, prune, ...others] = chain;
    if (tune === undefined || prune === undefined) throw new Error('no stages');
    expect(others).toEqual([]);
    if (tune.operation.kind !== 'tune') throw new Error('no training');
    expect(tune.operation).toMatchObject({ kind: 'tune', training: { epochs: settings.epochs, penalty } });
    const tuned = await given.sweep.run(tune);
    const o = (await given.sweep.run(prune)).observation;
    expect(o.reachedSparsity).toBe(0.5);
    expect([tuned.observation.engine, o.engine]).toMatchObject([{ kind: 'compiled' }, { kind: 'compiled' }]);
    if (name !== 'batchNormScale') return;
    const { penalty: _, ...training } = tune.operation.training;
    const plain = await given.sweep.run(given.sweep.child(given.baseline, { kind: 'tune', training }));
    const scale = async (record: typeof tuned) => {
      const { weights } = await given.stateOf(record);
      return weights
        .filter(({ name: weight }) => weight.endsWith('/gamma'))
        .reduce((sum, { values }) => values.reduce((all, gamma) => all + Math.abs(gamma), sum), 0);
    };
    expect(await scale(tuned)).toBeLessThan(0.99 * (await scale(plain)));
  });

  it('given LSH and units that are alike, then one takes over the others, which is recorded and proven', async () => {
    const criterion = { lsh: { hyperplanes: 2, tables: 2 } };
    const o = await given.prune({ granularity: 'unit', criterion, scope: 'layer' }, { training: TRAINING });
    const merged = o.mergedUnits ?? {};
    const pairs = Object.values(merged).flat();
    expect(pairs.length).toBeGreaterThan(0);
    for (const own of Object.values(merged)) {
      const gone = new Set(own.map(([unit]) => unit));
      for (const [, heir] of own) expect(gone.has(heir)).toBe(false);
    }
    expect(o.surgeryDifference).toBeLessThan(1e-4);
    expect(o.reachedSparsity).toBe(0.5);
  });
});
