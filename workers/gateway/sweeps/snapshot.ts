import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { LoadedDataConverter } from '@temporalio/common';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { CandidateCounts, StageHeartbeat, SweepProgress } from '../../../core/sweep/progress.js';
import type { SweepSnapshot__Output } from '../../../proto/generated/prunefront/v1/SweepSnapshot.js';
import type { Patience } from './patience.js';
import { isOver, type SweepHandle, wasEndedFromOutside } from './sweeps.js';
import { grpcCause, isUnavailable } from './temporal-errors.js';

/** `temporal.api.enums.v1.PendingActivityState` STARTED. */
const STARTED = 2;

/** What a workflow that was terminated cannot say itself. */
const ENDED_FROM_OUTSIDE: Pick<SweepProgress, 'state' | 'error'> = {
  state: 'failed',
  error: {
    code: 'PRUNEFRONT_SWEEP_STATE',
    message: 'The sweep was ended from outside',
    hint: 'run the same spec again',
  },
};

/** A sweep as it was at a moment. */
export interface SeenSweep {
  readonly progress: SweepProgress;
  readonly snapshot: SweepSnapshot__Output;
  readonly isRunning: boolean;
  /** Whether it had no chance to tell that it ended. */
  readonly endedFromOutside: boolean;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** The run and the length of its history that the progress belongs to; null where the workflow could not be asked. */
  readonly progressAt: string | null;
}

/** The same sweep now: time goes on also where nothing else changes. */
export function upToDate(seen: SeenSweep): SeenSweep {
  if (!seen.isRunning) return seen;
  const { elapsedMs, remainingMs } = seen.snapshot;
  const atMs = Date.now();
  const age = atMs - seen.atMs;
  const left = remainingMs < 0 ? remainingMs : Math.max(0, remainingMs - age);
  return { ...seen, atMs, snapshot: { ...seen.snapshot, elapsedMs: elapsedMs + age, remainingMs: left } };
}

/**
 * Where a sweep is now: its own progress, and what each running stage last said. Null while no worker can answer and nothing is known.
 * @param last - what was seen before; where the history has not grown since, the workflow need not be asked again
 */
export async function snapshotOf(
  handle: SweepHandle,
  patience: Patience,
  last: SeenSweep | null,
): Promise<SeenSweep | null> {
  // Described first: what is still running then may have ended when it is asked, and so is looked at once more.
  const description = await patience.server(() => handle.describe());
  const historyAt = `${description.runId} ${description.historyLength}`;
  const isKnown = last?.progressAt === historyAt;
  const asked = isKnown ? last.progress : await queryProgress(handle, patience);
  const said = asked ?? last?.progress ?? null;
  if (said === null) return null;
  const endedFromOutside = wasEndedFromOutside(description.status.name);
  const progress = endedFromOutside ? { ...said, ...ENDED_FROM_OUTSIDE } : said;
  const pending = (description.raw.pendingActivities ?? []).filter(
    ({ activityType }) => activityType?.name === 'runStage',
  );
  const running = pending.filter(({ state }) => state === STARTED);
  const { loadedDataConverter } = handle.client.options;
  const heartbeats = await Promise.all(
    running.map(async ({ heartbeatDetails, attempt }) => {
      const [heartbeat] = await decodeArrayFromPayloads(loadedDataConverter, heartbeatDetails?.payloads);
      return { heartbeat: (heartbeat ?? null) as StageHeartbeat | null, attempt: attempt ?? 1 };
    }),
  );
  const slots = heartbeats.flatMap(({ heartbeat, attempt }) =>
    heartbeat === null || heartbeat.slot < 0 ? [] : [{ heartbeatJson: JSON.stringify(heartbeat), attempt }],
  );
  const elapsedMs = (description.closeTime?.getTime() ?? Date.now()) - progress.startedAtMs;
  return {
    progress,
    isRunning: description.status.name === 'RUNNING',
    endedFromOutside,
    atMs: Date.now(),
    progressAt: asked === null ? null : historyAt,
    snapshot: {
      progressJson: JSON.stringify(progress),
      slots,
      stagesRunning: running.length,
      stagesQueued: pending.length - running.length,
      retryReasons: await retryReasons(description, loadedDataConverter),
      elapsedMs,
      remainingMs: remainingMs(progress, elapsedMs),
    },
  };
}

/** What went wrong with work that waits for its next try. */
async function retryReasons({ raw }: WorkflowExecutionDescription, converter: LoadedDataConverter): Promise<string[]> {
  const waiting = (raw.pendingActivities ?? []).filter(({ state }) => state !== STARTED);
  const failures = await Promise.all(
    waiting.map(({ lastFailure }) => decodeOptionalFailureToOptionalError(converter, lastFailure)),
  );
  return [...new Set(failures.flatMap((failure) => failure?.message ?? []))];
}

/** What the workflow says of itself; null while no worker can answer. */
async function queryProgress(handle: SweepHandle, patience: Patience): Promise<SweepProgress | null> {
  try {
    return await patience.orchestrator(() => handle.query<SweepProgress>('progress'));
  } catch (error) {
    if (isUnavailable(error) || isNoWorker(error)) return null;
    throw error;
  }
}

/** The query failed because no orchestrator has been there lately, or it is just starting. */
function isNoWorker(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const said = `${error.name} ${error.message} ${String(grpcCause(error).details ?? '')}`;
  return /no poller|deadline|timeout|QueryNotRegistered|not registered/i.test(said);
}

/** Milliseconds left at the rate of candidates so far; -1 where none has ended. */
function remainingMs({ candidates, state }: SweepProgress, elapsedMs: number): number {
  if (isOver(state)) return 0;
  return leftAtRate(candidates, endedOf(candidates), elapsedMs);
}

/** Candidates that have ended, well or not. */
export function endedOf({ ok, failed }: CandidateCounts): number {
  return ok + failed;
}

/** Milliseconds left where so many candidates have ended in a time; -1 where none has. */
export function leftAtRate(candidates: CandidateCounts, ended: number, inMs: number): number {
  if (ended === 0) return -1;
  return Math.round((inMs / ended) * Math.max(0, candidates.total - endedOf(candidates)));
}
