import { expect, it } from 'vitest';
import { frontOf } from '../../../../core/evaluation/pareto/index.js';
import { summarize } from '../../../../core/sweep/observation.js';
import type { FrontPoint } from '../../../../core/sweep/progress.js';
import type { Method, Objective } from '../../../../core/sweep/spec.js';
import type { StageOperation } from '../../../../core/sweep/stage.js';
import { mainScore } from '../../../../core/sweep/task.js';
import { ProgramCache } from '../../../../core/training/engines/program-cache.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { ADAM, pruning, tinySweep, WEIGHTS } from '../../../support/tiny-sweep.js';

const training = { epochs: 2, batchSize: 32, optimizer: ADAM };
const FILTERS: Method = { granularity: 'filter', criterion: 'l1', scope: 'layer' };
const RAMP = { polynomialDecay: { initialSparsity: 0.2, beginStep: 2, endStep: 16, frequency: 4, power: 3 } };
const OBJECTIVES: readonly Objective[] = [{ maximize: 'accuracy' }, { minimize: 'bytesGzip' }];
const temporaryFolder = temporaryFolders();

/** Candidates of a small sweep: both kinds of pruning, at once and gradually. */
const CANDIDATES: readonly StageOperation[] = [WEIGHTS, FILTERS].flatMap((method) =>
  (
    [
      ['oneShot', 0.5],
      ['oneShot', 0.8],
      [RAMP, 0.9],
    ] as const
  ).map(([schedule, sparsity]) => pruning({ method, sparsity, schedule, training })),
);

async function frontBy(
  programs: ProgramCache | null,
): Promise<{ readonly id: string; readonly accuracy: number; readonly bytesGzip: number }[]> {
  const sweep = await tinySweep(await temporaryFolder());
  const baseline = sweep.baseline({ zoo: 'mnistCnn' }, [], training);
  await sweep.run(baseline, { programs });
  const points: FrontPoint[] = [];
  for (const [i, operation] of CANDIDATES.entries()) {
    const stage = sweep.child(baseline, operation);
    const { observation } = await sweep.run(stage, { programs });
    expect(observation.engine?.kind).toBe(programs === null ? 'eager' : 'compiled');
    points.push({ id: `c${i}`, label: '', stageKey: stage.key, summary: summarize(observation) });
  }
  programs?.dispose();
  return frontOf(points, OBJECTIVES).map(({ id, summary }) => ({
    id,
    accuracy: mainScore(summary),
    bytesGzip: summary.bytesGzip,
  }));
}

it('given a whole sweep, when it runs compiled and when it runs eagerly, then both give the same front', async () => {
  const compiled = await frontBy(new ProgramCache());
  expect(compiled.length).toBeGreaterThan(1);
  const eager = await frontBy(null);
  expect(compiled.map(({ id }) => id)).toEqual(eager.map(({ id }) => id));
  compiled.forEach(({ accuracy, bytesGzip }, i) => {
    // Rounding turns an image or two, and some bits that are compressed.
    expect(Math.abs(accuracy - (eager[i]?.accuracy ?? Number.NaN))).toBeLessThanOrEqual(0.02);
    expect(Math.abs(bytesGzip / (eager[i]?.bytesGzip ?? Number.NaN) - 1)).toBeLessThanOrEqual(0.01);
  });
});
