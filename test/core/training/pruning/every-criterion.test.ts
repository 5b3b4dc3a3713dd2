import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CRITERIA } from '../../../../core/pruning/criteria/index.js';
import { type Choice, defaultsOf } from '../../../../core/registry/index.js';
import { type PrunedSweep, prunedSweep, SMALL_NETWORKS } from '../../../support/pruned-sweep.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';

/** A criterion with its defaults; rounds of SynFlow are few where what counts is that it runs. */
function choiceOf(name: string): Choice {
  const settings = defaultsOf(CRITERIA.get(name));
  if (name === 'synflow') return { synflow: { iterations: 3 } };
  return Object.keys(settings).length === 0 ? name : { [name]: settings };
}

/** What each recurrent network is pruned by here: units of the one, weights of the other. */
const OF_RECURRENT: Readonly<Record<string, string>> = { lstm: 'unit', gru: 'weight' };

/** Criteria that score what a granularity prunes; that of batch norm needs some. */
function criteriaOf(network: string, granularity: string): string[] {
  if ((OF_RECURRENT[network] ?? granularity) !== granularity) return [];
  return CRITERIA.all()
    .filter(({ weights }) => granularity === 'unit' || weights !== undefined)
    .filter(({ name }) => name !== 'batchNormScale' || network === 'cnn')
    .map(({ name }) => name);
}

describe.each([
  { network: 'cnn', weights: 9 * 8 + 72 * 12 + 432 * 16 + 160, units: 36 },
  { network: 'mlp', weights: 784 * 16 + 160, units: 16 },
  { network: 'lstm', weights: 196 * 48 + 12 * 48 + 120, units: 12 },
  { network: 'gru', weights: 196 * 36 + 12 * 36 + 120, units: 12 },
] as const)('every criterion on the network $network', ({ network, weights, units }) => {
  const temporaryFolder = temporaryFolders(afterAll);
  let given: PrunedSweep;

  beforeAll(async () => {
    given = await prunedSweep(await temporaryFolder(), SMALL_NETWORKS[network]);
  });

  it.each(criteriaOf(network, 'weight'))(
    'given single weights by %s, then exactly half of them are gone, compiled',
    async (criterion) => {
      const o = await given.prune({ granularity: 'weight', criterion: choiceOf(criterion), scope: 'global' });
      expect(o.engine).toMatchObject({ kind: 'compiled' });
      expect(Math.round((1 - o.reachedSparsity) * weights)).toBe(weights / 2);
      const nonzero = o.layers.reduce((sum, layer) => sum + layer.nonzero, 0);
      expect(nonzero).toBeLessThanOrEqual(weights / 2);
      expect(o.macs).toBe(given.dense.macs);
    },
  );

  it.each(criteriaOf(network, 'unit'))(
    'given units by %s, then exactly half of them are removed, proven and compiled',
    async (criterion) => {
      // Of three layers only two have batch norm.
      const rules = criterion === 'batchNormScale' ? { layers: [{ pattern: 'hidden', exclude: true }] } : {};
      const o = await given.prune({ granularity: 'unit', criterion: choiceOf(criterion), scope: 'global', ...rules });
      expect(o.engine).toMatchObject({ kind: 'compiled' });
      const compared = criterion === 'batchNormScale' ? 20 : units;
      expect(Math.round(o.reachedSparsity * compared)).toBe(compared / 2);
      expect(o.surgeryDifference).toBeLessThan(1e-4);
      expect(o.macs).toBeLessThan(given.dense.macs);
    },
  );
});
