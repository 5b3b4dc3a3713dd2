import { ApplicationFailure, type CancellationScope, isCancellation } from '@temporalio/workflow';
import type { FrontPoint, SweepInput } from '../core/sweep/progress.js';
import type { Stage } from '../core/sweep/stage.js';
import { causeOf } from './cause.js';
import { orchestrator } from './proxies.js';
import { concernsSweep, REPAIRS, type StageRunner } from './stage-runner.js';
import type { Sweep } from './sweep-state.js';

/** Keys of score stages by candidate. */
type Scores = Readonly<Record<string, string>>;

/**
 * Scores the dense model and every member of the front on the test split. One that cannot be scored keeps its validation numbers and is
 * shown as a failure; cancelling the scope leaves the rest unscored.
 */
export async function scoreFinalists(
  { sweepId }: SweepInput,
  sweep: Sweep,
  runner: StageRunner,
  baselineStage: Stage,
  dense: FrontPoint,
  scope: CancellationScope,
): Promise<Scores> {
  const scores: Record<string, string> = {};
  const points = [dense, ...sweep.front.filter(({ id }) => id !== dense.id)];
  const chains = await orchestrator.scoreStages({ sweepId, baselineStage, points });
  const scoring = chains.map(async ({ id, label, stages }) => {
    const stage = stages.at(-1);
    const point = points.find((each) => each.id === id);
    if (stage === undefined || point === undefined) return;
    sweep.stagesWait([stage.key]);
    try {
      const { summary } = await scope.run(() => runner.run(stage, stages.slice(0, -1), { id, label }));
      sweep.score({ ...point, summary });
      scores[id] = stage.key;
    } catch (error) {
      if (isCancellation(error)) sweep.stagesDrop([stage.key]);
      else if (concernsSweep(error)) throw error;
      else sweep.showFailure({ id, label, cause: causeOf(error) });
    }
  });
  await Promise.all(scoring);
  return scores;
}

/** Publishes what there is; artifacts that turn out damaged are made again first. */
export async function publish(
  { sweepId, spec, source }: SweepInput,
  sweep: Sweep,
  runner: StageRunner,
  baselineStage: Stage,
  scores: Scores,
): Promise<void> {
  const { baseline, front, selection, startedAtMs } = sweep;
  if (baseline === null || selection === null) return;
  for (let repairs = 0; ; repairs++) {
    const { damaged } = await orchestrator.publish({
      ...{ sweepId, spec, source, baselineStage, baseline, front, scores, selection, startedAtMs },
    });
    if (damaged.length === 0) return;
    if (repairs === REPAIRS) {
      throw ApplicationFailure.nonRetryable(
        `Artifacts are damaged again and again: ${damaged.map(({ id }) => id).join(', ')}`,
        'PRUNEFRONT_ARTIFACT_CORRUPT',
      );
    }
    for (const { stages, ...about } of damaged) await runner.remake(stages, about);
  }
}
