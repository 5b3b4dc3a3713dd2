import { defaultPayloadConverter } from '@temporalio/common';
import type { StageHeartbeat, SweepProgress } from '../../core/sweep/progress.js';
import type { SweepSnapshot } from '../../proto/generated/prunefront/v1/SweepSnapshot.js';
import { isUnavailable } from './call-errors.js';
import type { SweepHandle } from './sweeps.js';

/** `temporal.api.enums.v1.PendingActivityState` STARTED. */
const STARTED = 2;

/** Where a sweep is now: its own progress, and what each running stage last said. Null while no worker can answer and nothing is known. */
export async function snapshotOf(
  handle: SweepHandle,
  last: SweepProgress | null,
): Promise<{ progress: SweepProgress; snapshot: SweepSnapshot } | null> {
  const [progress, description] = await Promise.all([queryProgress(handle, last), handle.describe()]);
  if (progress === null) return null;
  const pending = (description.raw.pendingActivities ?? []).filter(
    ({ activityType }) => activityType?.name === 'runStage',
  );
  const running = pending.filter(({ state }) => state === STARTED);
  const slots = running.flatMap(({ heartbeatDetails, attempt }) => {
    const [payload] = heartbeatDetails?.payloads ?? [];
    if (payload === undefined || payload === null) return [];
    const heartbeat = defaultPayloadConverter.fromPayload<StageHeartbeat>(payload);
    return heartbeat.slot < 0 ? [] : [{ heartbeatJson: JSON.stringify(heartbeat), attempt: attempt ?? 1 }];
  });
  const elapsedMs = (description.closeTime?.getTime() ?? Date.now()) - progress.startedAtMs;
  return {
    progress,
    snapshot: {
      progressJson: JSON.stringify(progress),
      slots,
      stagesRunning: running.length,
      stagesQueued: pending.length - running.length,
      elapsedMs,
      remainingMs: remainingMs(progress, elapsedMs),
    },
  };
}

async function queryProgress(handle: SweepHandle, last: SweepProgress | null): Promise<SweepProgress | null> {
  try {
    return await handle.query<SweepProgress>('progress');
  } catch (error) {
    if (isUnavailable(error) || isNoWorker(error)) return last;
    throw error;
  }
}

/** The query timed out or failed because no orchestrator is there, or it is just starting. */
function isNoWorker(error: unknown): boolean {
  return (
    error instanceof Error &&
    /no poller|deadline|timeout|QueryNotRegistered|not registered/i.test(`${error.name} ${error.message}`)
  );
}

/** Milliseconds left at the rate of candidates so far; -1 where none has ended. */
function remainingMs({ candidates, state }: SweepProgress, elapsedMs: number): number {
  const ended = candidates.ok + candidates.failed;
  if (state === 'done' || state === 'cancelled' || state === 'failed') return 0;
  if (ended === 0) return -1;
  return Math.round((elapsedMs / ended) * Math.max(0, candidates.total - ended));
}
