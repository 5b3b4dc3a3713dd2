import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  ContinueAsNew,
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { SweepInput, SweepProgress } from '../core/sweep/progress.js';
import type { Stage } from '../core/sweep/stage.js';
import { searchCandidates } from './candidate-search.js';
import { causeOf } from './cause.js';
import { EventLog } from './event-log.js';
import { publish, scoreFinalists } from './finish.js';
import {
  cancelUpdate,
  eventsQuery,
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
import { type Phase, Sweep } from './sweep-state.js';

/** One sweep: prepares the data, makes the dense model, runs candidates, picks from the front, scores it on test, publishes. */
export async function sweepWorkflow(input: SweepInput): Promise<SweepProgress> {
  const { firstExecutionRunId, startTime } = workflowInfo();
  const events = new EventLog(input.sweepId, firstExecutionRunId, input.carried?.events ?? 0);
  const sweep = new Sweep(input, startTime.getTime(), events);
  const stoppable = { scope: new CancellationScope() };
  answerMessages(sweep, () => stoppable.scope.cancel());
  const runner = new StageRunner(sweep, input);
  try {
    const found = await searchOrCancel(input, sweep, runner, stoppable.scope);
    if (!found.isOver && sweep.carry() !== null) await carryOn(input, sweep);
    // Whatever is cancelled from here on, what has finished is published.
    await CancellationScope.nonCancellable(async () => {
      stoppable.scope = new CancellationScope();
      if (found.baselineStage !== null) await finish(input, sweep, runner, found.baselineStage, stoppable.scope);
    });
    enter(sweep, sweep.isCancelled ? 'cancelled' : 'done');
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    const cause = causeOf(error);
    sweep.fail(cause);
    tell(sweep);
    await messagesAnswered();
    throw ApplicationFailure.create({ message: cause.message, type: cause.code, nonRetryable: true, details: [cause] });
  }
  await messagesAnswered();
  return sweep.progress();
}

/** Goes on as a new run, with all events in the store. */
async function carryOn(input: SweepInput, sweep: Sweep): Promise<void> {
  await messagesAnswered();
  await sweep.events.keep();
  // Messages may have come while events were kept; what they did is carried, and told at once.
  await messagesAnswered();
  const carried = sweep.carry();
  if (carried !== null) await continueAsNew<typeof sweepWorkflow>({ ...input, carried });
}

/** Answers the messages of a sweep; `stop` cancels what runs at the moment. */
function answerMessages(sweep: Sweep, stop: () => void): void {
  const refuse = (message: string): never => {
    throw ApplicationFailure.nonRetryable(message, 'PRUNEFRONT_SWEEP_STATE');
  };
  const requireChangeable = (): void => {
    if (!sweep.takesChanges) refuse(`The sweep is ${sweep.state}`);
  };
  const requireMore = (candidates: number): void => {
    requireChangeable();
    if (Number.isInteger(candidates) && candidates > sweep.candidatesAllowed) return;
    refuse(`The budget is ${sweep.candidatesAllowed} candidates and can only be raised; asked for ${candidates}`);
  };
  const requireCancellable = (): void => {
    if (!sweep.takesCancel) refuse(`The sweep is ${sweep.state}`);
  };
  setHandler(progressQuery, () => sweep.progress());
  setHandler(eventsQuery, () => sweep.events.answer());
  setHandler(
    pauseUpdate,
    () => {
      sweep.pause();
      tell(sweep);
    },
    { validator: requireChangeable },
  );
  setHandler(
    resumeUpdate,
    () => {
      sweep.resume();
      tell(sweep);
    },
    { validator: requireChangeable },
  );
  setHandler(
    cancelUpdate,
    () => {
      sweep.cancel();
      stop();
    },
    { validator: requireCancellable },
  );
  setHandler(
    raiseBudgetUpdate,
    (candidates) => {
      sweep.raiseBudget(candidates);
      return candidates;
    },
    { validator: requireMore },
  );
}

/** What the search left behind: the baseline's stage as far as it is known, and whether nothing is left for a new run to go on with. */
interface Found {
  readonly baselineStage: Stage | null;
  readonly isOver: boolean;
}

/** Prepares, makes the dense model and searches, until it is over or cancelled. */
async function searchOrCancel(
  input: SweepInput,
  sweep: Sweep,
  runner: StageRunner,
  scope: CancellationScope,
): Promise<Found> {
  let baselineStage: Stage | null = null;
  try {
    return await scope.run(async () => {
      if (input.carried === undefined) enter(sweep, 'preparing');
      const prepared = await orchestrator.prepareSweep(sweep.sources);
      baselineStage = prepared.baseline;
      sweep.dataset = prepared.dataset;
      sweep.setSpace(prepared.space);
      if (sweep.baseline === null) {
        enter(sweep, 'baseline');
        const about = { id: 'dense', label: 'dense' };
        const { stageKey, summary } = await runner.dense(prepared.baseline, about);
        sweep.setBaseline({ ...about, stageKey, summary });
        enter(sweep, 'searching');
      }
      const isOver = await searchCandidates(input, sweep, runner, prepared.baseline);
      return { baselineStage, isOver };
    });
  } catch (error) {
    if (!isCancellation(error)) throw error;
    sweep.cancel();
    return { baselineStage, isOver: true };
  }
}

/** Picks from the front, scores its members and the dense model on the test split, and publishes. */
async function finish(
  input: SweepInput,
  sweep: Sweep,
  runner: StageRunner,
  baselineStage: Stage,
  scope: CancellationScope,
): Promise<void> {
  const { baseline } = sweep;
  if (baseline === null) return;
  enter(sweep, 'scoring');
  sweep.select(await orchestrator.select({ spec: input.spec, baseline, front: sweep.front }));
  const scores = await scoreFinalists(input, sweep, runner, baselineStage, baseline, scope);
  enter(sweep, 'publishing');
  await publish(input, sweep, runner, baselineStage, scores);
}

/** Waits until no message is being answered, also in a workflow that was cancelled. */
function messagesAnswered(): Promise<void> {
  return CancellationScope.nonCancellable(() => condition(allHandlersFinished));
}

function enter(sweep: Sweep, phase: Phase): void {
  sweep.enter(phase);
  tell(sweep);
}

/** Writes where the sweep is to its search attributes. */
function tell(sweep: Sweep): void {
  upsertSearchAttributes([
    { key: STATE_ATTRIBUTE, value: sweep.state },
    { key: PROGRESS_ATTRIBUTE, value: sweep.fraction },
    { key: NAME_ATTRIBUTE, value: sweep.spec.name },
  ]);
}
