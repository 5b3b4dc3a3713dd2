import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { StageResult } from '../core/sweep/observation.js';
import type { FrontPoint, SweepInput, SweepProgress, SweepState } from '../core/sweep/progress.js';
import type { Candidate, Stage } from '../core/sweep/stage.js';
import { causeOf } from './cause.js';
import {
  cancelUpdate,
  NAME_ATTRIBUTE,
  PROGRESS_ATTRIBUTE,
  pauseUpdate,
  progressQuery,
  raiseBudgetUpdate,
  resumeUpdate,
  STATE_ATTRIBUTE,
} from './messages.js';
import { orchestrator } from './proxies.js';
import { StageRunner } from './stage-runner.js';
import { Sweep } from './sweep-state.js';

/** Candidates asked for at once. */
const SUGGESTIONS = 100;
/** Progress between two updates of the search attribute, each of which is an event of the history. */
const PROGRESS_STEP = 0.1;

/** One sweep: prepares the data, makes the dense model, runs candidates, picks from the front, scores it on test, publishes. */
export async function sweepWorkflow(input: SweepInput): Promise<SweepProgress> {
  const { spec, sweepId } = input;
  const startedAtMs = input.carried?.startedAtMs ?? workflowInfo().startTime.getTime();
  const sweep = new Sweep(input, startedAtMs);
  const search = new CancellationScope();

  const searching = (): void => {
    if (!sweep.takesChanges) throw ApplicationFailure.nonRetryable(`The sweep is ${sweep.state}`, 'PRUNEFRONT_SWEEP_STATE');
  };
  setHandler(progressQuery, () => sweep.progress());
  setHandler(pauseUpdate, () => sweep.pause(), { validator: searching });
  setHandler(resumeUpdate, () => sweep.resume(), { validator: searching });
  setHandler(
    cancelUpdate,
    () => {
      sweep.cancel();
      search.cancel();
    },
    { validator: searching },
  );
  setHandler(
    raiseBudgetUpdate,
    (candidates) => {
      sweep.raiseBudget(candidates);
      return candidates;
    },
    {
      validator: (candidates) => {
        searching();
        if (Number.isInteger(candidates) && candidates > sweep.candidatesAllowed) return;
        throw ApplicationFailure.nonRetryable(
          `The budget is ${sweep.candidatesAllowed} candidates and can only be raised; asked for ${candidates}`,
          'PRUNEFRONT_SWEEP_STATE',
        );
      },
    },
  );

  const runner = new StageRunner(sweep, input.stageTaskQueue);
  const enter = (phase: Exclude<SweepState, 'paused'>): void => {
    sweep.enter(phase);
    upsertSearchAttributes([
      { key: STATE_ATTRIBUTE, value: phase },
      { key: PROGRESS_ATTRIBUTE, value: sweep.fraction },
      { key: NAME_ATTRIBUTE, value: spec.name },
    ]);
  };

  try {
    let drained = false;
    try {
      await search.run(async () => {
        enter('preparing');
        const prepared = await orchestrator.prepareSweep({ spec });
        sweep.dataset = prepared.dataset;
        sweep.setSpace(prepared.space);
        if (sweep.baseline === null) enter('baseline');
        const dense = await runner.run(prepared.baseline, [], { id: 'dense', label: 'dense' });
        if (sweep.baseline === null) sweep.setBaseline(pointOf('dense', 'dense', dense));
        enter('searching');
        drained = await runCandidates(input, sweep, runner, prepared.baseline, startedAtMs);
      });
    } catch (error) {
      if (!isCancellation(error)) throw error;
      sweep.cancel();
    }
    const carried = drained ? sweep.carry() : null;
    if (carried !== null && !sweep.isCancelled) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof sweepWorkflow>({ ...input, carried });
    }
    await CancellationScope.nonCancellable(() => finish(input, sweep, runner, startedAtMs, enter));
    enter(sweep.isCancelled ? 'cancelled' : 'done');
  } catch (error) {
    if (isContinueAsNew(error)) throw error;
    sweep.fail(causeOf(error));
    enter('failed');
    await condition(allHandlersFinished);
    throw ApplicationFailure.create({ message: causeOf(error).message, type: causeOf(error).code, nonRetryable: true, details: [causeOf(error)] });
  }
  await condition(allHandlersFinished);
  return { ...sweep.progress(), sweepId };
}

/** Runs candidates, at most `window` at once, until budget, space or time end. Returns true where the history has grown so long that the rest belongs to a new run. */
async function runCandidates(input: SweepInput, sweep: Sweep, runner: StageRunner, baseline: Stage, startedAtMs: number): Promise<boolean> {
  const { spec, sweepId, window } = input;
  const queue: Candidate[] = [];
  let active = 0;
  let expired = false;
  let broken: unknown = null;
  let lastFraction = sweep.fraction;
  const timer = new CancellationScope();
  const { wallClockMs } = spec.budget;
  if (wallClockMs !== null) {
    const left = Math.max(0, wallClockMs - (Date.now() - startedAtMs));
    timer
      .run(async () => {
        await sleep(left);
        expired = true;
      })
      .catch(() => undefined);
  }
  const runOne = async (candidate: Candidate): Promise<void> => {
    const outcome = await runner.candidate(baseline, candidate);
    await orchestrator.recordOutcome({ sweepId, candidate, outcome });
    sweep.candidateEnds(outcome);
    if (sweep.fraction - lastFraction >= PROGRESS_STEP) {
      lastFraction = sweep.fraction;
      upsertSearchAttributes([{ key: PROGRESS_ATTRIBUTE, value: sweep.fraction }]);
    }
  };
  const mayStart = (): boolean => !expired && !sweep.isPaused && broken === null && !workflowInfo().continueAsNewSuggested;
  for (;;) {
    await condition(() => broken !== null || (active < window && mayStart() && (queue.length > 0 || sweep.toAsk > 0)) || (active === 0 && !sweep.isPaused));
    if (broken !== null) throw broken;
    if (!mayStart() || (queue.length === 0 && sweep.toAsk === 0)) {
      if (active > 0) continue;
      break;
    }
    if (queue.length === 0) {
      const asked = await orchestrator.suggest({ spec, baseline, cursor: sweep.cursor, count: Math.min(SUGGESTIONS, sweep.toAsk) });
      sweep.cursor += asked.length;
      queue.push(...asked);
      sweep.stageWaits(asked.reduce((sum, { stages }) => sum + stages.length, 0));
      if (asked.length === 0) sweep.setSpace(sweep.cursor);
      continue;
    }
    const candidate = queue.shift();
    if (candidate === undefined) continue;
    active += 1;
    runOne(candidate)
      .catch((error: unknown) => {
        broken ??= error;
      })
      .finally(() => {
        active -= 1;
      });
  }
  timer.cancel();
  sweep.cursor -= queue.length;
  return !expired && workflowInfo().continueAsNewSuggested && (queue.length > 0 || sweep.toAsk > 0);
}

/** Picks from the front, scores its members and the dense model on the test split, and publishes. */
async function finish(
  input: SweepInput,
  sweep: Sweep,
  runner: StageRunner,
  startedAtMs: number,
  enter: (phase: 'scoring' | 'publishing') => void,
): Promise<void> {
  const { spec, sweepId, source } = input;
  const { baseline } = sweep;
  if (baseline === null) return;
  enter('scoring');
  const selection = await orchestrator.select({ spec, baseline, front: sweep.front });
  sweep.select(selection);
  const members = [baseline, ...sweep.front.filter(({ id }) => id !== baseline.id)];
  const toScore = await orchestrator.scoreStages({ points: members });
  const scored = await Promise.all(
    toScore.map(async ({ point, stage }) => {
      sweep.stageWaits(1);
      const { summary } = await runner.run(stage, [], point);
      return { ...point, summary };
    }),
  );
  sweep.scoreFront(scored);
  enter('publishing');
  const scores = Object.fromEntries(toScore.map(({ point, stage }) => [point.id, stage.key]));
  await orchestrator.publish({ sweepId, spec, source, baseline, front: sweep.front, scores, selection, startedAtMs });
}

function pointOf(id: string, label: string, { stageKey, summary }: StageResult): FrontPoint {
  return { id, label, stageKey, summary };
}

function isContinueAsNew(error: unknown): boolean {
  return error instanceof Error && error.name === 'ContinueAsNew';
}
