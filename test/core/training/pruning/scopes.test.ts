import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erkDensities } from '../../../../core/pruning/scopes/erk.js';
import { SCOPES } from '../../../../core/pruning/scopes/index.js';
import { candidateStages } from '../../../../core/search/stages.js';
import type { SearchPoint } from '../../../../core/sweep/stage.js';
import { type PrunedSweep, prunedSweep, SMALL_NETWORKS } from '../../../support/pruned-sweep.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { parse, SHORT } from '../../spec/parse.js';

const TOTAL = 72 + 864 + 6912 + 160;

describe('scopes of stages', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  let given: PrunedSweep;

  beforeAll(async () => {
    given = await prunedSweep(await temporaryFolder(), SMALL_NETWORKS.cnn);
  });

  const layersAt = async (scope: string, sparsity: number) => {
    const method = { granularity: 'weight', criterion: 'magnitude', scope };
    const { layers } = await given.prune(method, { sparsity });
    return layers.map(({ nonzero }) => nonzero);
  };
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

  it('given layer, then each layer has the sparsity', async () => {
    expect(await layersAt('layer', 0.75)).toEqual([18, 216, 1728, 40]);
  });

  it('given ERK, then layers have its densities', async () => {
    const shapes = [
      [3, 3, 1, 8],
      [3, 3, 8, 12],
      [432, 16],
      [16, 10],
    ];
    const kept = await layersAt('erk', 0.75);
    expect(sum(kept)).toBe(TOTAL / 4);
    erkDensities(shapes, 0.75).forEach((density, i) => {
      const size = shapes[i]?.reduce((product, side) => product * side, 1) ?? 0;
      expect(Math.abs((kept[i] ?? 0) - density * size)).toBeLessThanOrEqual(1);
    });
  });

  it('given the whole network, by magnitude or by LAMP, then exactly the sparsity is met, and LAMP spares small layers', async () => {
    const [global, lamp] = [await layersAt('global', 0.9), await layersAt('lamp', 0.9)];
    for (const kept of [global, lamp]) expect(sum(kept)).toBe(Math.round(TOTAL / 10));
    expect(lamp).not.toEqual(global);
    expect(Math.min(...lamp)).toBeGreaterThan(0);
  });

  const point = (granularity: string, sparsity: number): SearchPoint => ({
    method: { granularity, criterion: 'l2', scope: 'sensitivity' },
    ...{ sparsity, schedule: 'oneShot', recovery: { epochs: 0, learningRate: 0.001 } },
  });

  it.each(['weight', 'unit'])(
    'given a sensitivity scan of each %s, then it runs once, whatever sparsity is asked, and shares out by what it found',
    async (granularity) => {
      const spec = await parse(SHORT);
      const chains = [0.5, 0.75].map((sparsity) => candidateStages(spec, given.baseline, point(granularity, sparsity)));
      const kinds = chains.map((chain) => chain.map(({ operation }) => operation.kind));
      expect(kinds).toEqual([
        ['scan', 'prune'],
        ['scan', 'prune'],
      ]);
      const keys = new Set(chains.map(([scan]) => scan?.key));
      expect(keys.size).toBe(1);
      let scans = 0;
      for (const [i, chain] of chains.entries()) {
        for (const stage of chain) {
          const isNew = (await given.sweep.store.getRecord(stage.key)) === null;
          const { observation } = await given.sweep.run(stage);
          expect(observation.engine).toMatchObject({ kind: 'compiled' });
          if (stage.operation.kind === 'scan') {
            if (isNew) scans++;
            expect(observation.sensitivity).toHaveLength(granularity === 'weight' ? 4 : 3);
            for (const { curve } of observation.sensitivity ?? [])
              expect(curve.map(({ sparsity }) => sparsity)).toEqual([0.25, 0.5, 0.75, 0.9, 0.95, 0.99]);
            expect(observation.validation).toEqual(given.dense.validation);
          } else expect(observation.reachedSparsity).toBeCloseTo([0.5, 0.75][i] ?? 0, 9);
        }
      }
      expect(scans).toBe(1);
    },
  );

  it('given units, then every scope reaches exactly what is asked', async () => {
    for (const scope of SCOPES.names().filter((name) => name !== 'sensitivity')) {
      const { reachedSparsity } = await given.prune({ granularity: 'unit', criterion: 'l2', scope });
      expect([scope, reachedSparsity]).toEqual([scope, 0.5]);
    }
  });

  it('given ERK on units, then their part is that of the baseline’s shapes, however many rounds it takes', async () => {
    const method = { granularity: 'unit', criterion: 'l2', scope: 'erk' };
    const unitsOf = async (...rounds: readonly number[]) => {
      let parent = given.baseline;
      for (const sparsity of rounds) {
        parent = given.stage(method, { sparsity }, parent);
        await given.sweep.run(parent);
      }
      const record = await given.sweep.store.getRecord(parent.key);
      return record?.observation.layers.slice(0, 3).map(({ units }) => units);
    };
    const once = await unitsOf(0.6);
    expect(await unitsOf(0.3, 0.6)).toEqual(once);
    expect(await unitsOf(0.3, 0.5, 0.6)).toEqual(once);
  });
});
