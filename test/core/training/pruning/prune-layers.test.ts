import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removableBlocks } from '../../../../core/models/blocks.js';
import { zooModel } from '../../../../core/models/zoo/index.js';
import { requireLayersReach } from '../../../../core/pruning/whole-layers.js';
import type { Method } from '../../../../core/sweep/spec.js';
import type { OperationOf, Stage, StageOperation } from '../../../../core/sweep/stage.js';
import { errorOf } from '../../../support/errors.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { pruning, type TinySweep, TRAINING, tinySweep } from '../../../support/tiny-sweep.js';

const LAYERS: Method = { granularity: 'layer', criterion: 'l1', scope: 'global' };

describe('pruning of whole layers', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  let sweep: TinySweep;
  let baseline: Stage;

  const prune = (rest: Partial<OperationOf<'prune'>> = {}): StageOperation =>
    pruning({ method: LAYERS, sparsity: 0.02, training: { ...TRAINING, epochs: 1 }, ...rest });

  beforeAll(async () => {
    sweep = await tinySweep(await temporaryFolder());
    baseline = sweep.baseline({ zoo: 'residualCnn' }, [], { ...TRAINING, epochs: 1 });
    await sweep.run(baseline);
  });

  it('given a sparsity, then the block with the lowest mean score is gone, the proof holds, and it trains on compiled', async () => {
    const record = await sweep.run(sweep.child(baseline, prune()));
    const { observation } = record;
    const { topology, removedLayers } = await sweep.stateOf(record);
    expect(removedLayers.length).toBeGreaterThan(0);
    expect(topology.nodes.map(({ name }) => name)).not.toContain(removedLayers[0]);
    expect(observation.surgeryDifference).toBeLessThan(1e-4);
    expect(observation.reachedSparsity).toBeGreaterThanOrEqual(0.02);
    expect(observation.engine?.kind).toBe('compiled');
  });

  it('given the scope of sensitivities, then what costs the least accuracy by the scan goes', async () => {
    const method: Method = { ...LAYERS, scope: 'sensitivity' };
    const scan = sweep.child(baseline, { kind: 'scan', method, training: { ...TRAINING, epochs: 0 } });
    const { sensitivity = [] } = (await sweep.run(scan)).observation;
    const { blocks } = removableBlocks(zooModel('residualCnn'));
    expect(sensitivity.map(({ layer }) => layer)).toEqual(blocks.map(({ name }) => name));
    const least = Math.min(...sensitivity.map(({ curve }) => curve[0]?.drop ?? Number.NaN));
    const pruned = await sweep.run(sweep.child(scan, prune({ method, scan: scan.key, sparsity: 0.001 })));
    const { removedLayers } = await sweep.stateOf(pruned);
    const gone = blocks.find(({ layers }) => layers.join() === removedLayers.join());
    expect(sensitivity.find(({ layer }) => layer === gone?.name)?.curve[0]?.drop).toBe(least);
  });

  it('given more than can go, or layers that a rule excludes, then the stage says what can be reached', async () => {
    const error = await errorOf('PRUNEFRONT_SPARSITY_UNREACHABLE', () =>
      sweep.run(sweep.child(baseline, prune({ sparsity: 0.99 }))),
    );
    expect(error.facts.allowed).toMatch(/^at most 0\.\d+$/);
    // A spec is refused with the same words.
    const before = await errorOf('PRUNEFRONT_SPARSITY_UNREACHABLE', async () =>
      requireLayersReach(zooModel('residualCnn'), LAYERS, 0.99),
    );
    expect([before.message, before.facts]).toEqual([error.message, error.facts]);
    const method: Method = { ...LAYERS, layers: [{ pattern: '*', exclude: true }] };
    await errorOf('PRUNEFRONT_SPARSITY_UNREACHABLE', () => sweep.run(sweep.child(baseline, prune({ method }))));
  });
});
