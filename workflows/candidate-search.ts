import { CancellationScope, condition, sleep, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { foldCount } from '../core/sweep/folds.js';
import type { SweepInput } from '../core/sweep/progress.js';
import type { Candidate, Stage } from '../core/sweep/stage.js';
import { PROGRESS_ATTRIBUTE } from './messages.js';
import { OutcomeRecorder } from './outcome-recorder.js';
import { orchestrator } from './proxies.js';
import type { StageRunner } from './stage-runner.js';
import type { Sweep } from './sweep-state.js';

/** Chains of stages in one activity that candidates are asked of, or recorded by: few events, each with a payload that stays small. */
const CHAINS = 25;
/** Candidates begun for each stage that may be in flight, where they share stages and so wait for each other. */
const BEGUN_PER_STAGE = 4;
/** Progress between two updates of the search attribute, each of which is an event of the history. */
const PROGRESS_STEP = 0.1;

/**
 * Runs candidates with at most `window` stages in flight until budget, space or time end. A candidate that was begun is brought to its end first.
 * Returns false where the history has grown so long that the rest belongs to a new run of the workflow.
 */
export async function searchCandidates(
  { spec, sweepId, window, startFrom }: SweepInput,
  sweep: Sweep,
  runner: StageRunner,
  baseline: Stage,
): Promise<boolean> {
  const queue: Candidate[] = [];
  const batch = Math.ceil(CHAINS / foldCount(spec.split));
  const recorder = new OutcomeRecorder(sweepId, batch);
  const work = new CancellationScope();
  let active = 0;
  let broken: { readonly error: unknown } | null = null;
  let toldFraction = sweep.fraction;
  const clock = startClock(spec.budget.wallClockMs, sweep.startedAtMs);

  const bringToEnd = async (candidate: Candidate): Promise<void> => {
    const outcome = await runner.candidate(baseline, candidate);
    sweep.candidateEnds(outcome);
    await recorder.add({ candidate, outcome });
    await sweep.events.keepBatch();
    if (sweep.fraction - toldFraction < PROGRESS_STEP) return;
    toldFraction = sweep.fraction;
    upsertSearchAttributes([{ key: PROGRESS_ATTRIBUTE, value: toldFraction }]);
  };
  const begin = (candidate: Candidate): void => {
    active += 1;
    work
      .run(() => bringToEnd(candidate))
      .catch((error: unknown) => {
        broken ??= { error };
      })
      .finally(() => {
        active -= 1;
      });
  };
  const hasMore = (): boolean => queue.length > 0 || sweep.toAsk > 0;
  const mayBegin = (): boolean => hasMore() && !clock.isOver() && !workflowInfo().continueAsNewSuggested;
  const hasRoom = (): boolean => !sweep.isPaused && runner.inFlight < window && active < BEGUN_PER_STAGE * window;

  try {
    for (;;) {
      await condition(() => broken !== null || (mayBegin() ? hasRoom() : active === 0 && !sweep.isPaused));
      if (broken !== null || !mayBegin()) break;
      const next = queue.shift();
      if (next !== undefined) {
        begin(next);
        continue;
      }
      const count = Math.min(batch, sweep.toAsk);
      const first = startFrom === undefined ? {} : { startFrom };
      const asked = await orchestrator.suggest({ spec, baseline, cursor: sweep.cursor, count, ...first });
      sweep.cursor += asked.length;
      if (asked.length === 0) sweep.setSpace(sweep.cursor);
      runner.expect(asked);
      queue.push(...asked);
    }
  } finally {
    clock.stop();
    work.cancel();
    // A stage that is being taken back still has its slot.
    await CancellationScope.nonCancellable(() => condition(() => active === 0));
    await recorder.flush();
    sweep.cursor -= queue.length;
  }
  const failure = broken as { readonly error: unknown } | null;
  if (failure !== null) throw failure.error;
  return clock.isOver() || !hasMore();
}

/** Counts down what is left of a sweep's wall clock. */
function startClock(wallClockMs: number | null, startedAtMs: number): { isOver(): boolean; stop(): void } {
  let over = false;
  const scope = new CancellationScope();
  if (wallClockMs !== null) {
    const left = Math.max(0, wallClockMs - (Date.now() - startedAtMs));
    scope
      .run(async () => {
        await sleep(left);
        over = true;
      })
      // It was stopped.
      .catch(() => undefined);
  }
  return { isOver: () => over, stop: () => scope.cancel() };
}
