import { setTimeout as sleep } from 'node:timers/promises';
import type { SweepProgress } from '../../../core/sweep/progress.js';
import { noOrchestrator, type Patience } from './patience.js';
import { endedOf, leftAtRate, type SeenSweep, snapshotOf } from './snapshot.js';
import type { FoundSweep } from './sweeps.js';
import { isUnavailable } from './temporal-errors.js';

const WATCH_EVERY_MS = 500;

/**
 * A sweep whenever something changed, until it has ended or the signal fires.
 * @throws PrunefrontError `PRUNEFRONT_UNREACHABLE` where no orchestrator worker has ever answered
 */
export async function* watchSweep(
  { sweepId, handle }: FoundSweep,
  patience: Patience,
  signal: AbortSignal,
): AsyncGenerator<SeenSweep> {
  const giveUpAt = Date.now() + patience.orchestratorMs;
  const leftOf = timeLeft();
  let last: SeenSweep | null = null;
  let sent = '';
  // A call to a server that is not there must not hold who has gone.
  const stopped = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
  while (!signal.aborted) {
    try {
      const now: Awaited<ReturnType<typeof snapshotOf>> = await Promise.race([
        snapshotOf(handle, patience, last),
        stopped,
      ]);
      if (signal.aborted) return;
      if (now !== null) {
        last = now;
        const { elapsedMs, remainingMs: _, ...rest } = now.snapshot;
        const remainingMs = leftOf(now.progress, now.isRunning);
        const text = JSON.stringify(rest);
        if (text !== sent || !now.isRunning) yield { ...now, snapshot: { ...rest, elapsedMs, remainingMs } };
        sent = text;
        // Only a closed workflow has published; `done` is set an instant before.
        if (!now.isRunning) return;
      } else if (Date.now() > giveUpAt) throw noOrchestrator(sweepId);
    } catch (error) {
      // The sweep goes on without us while the Temporal server restarts.
      if (!isUnavailable(error)) throw error;
    }
    await sleep(WATCH_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Milliseconds left at the rate at which candidates ended since the watch began, so that hours in which nothing ran do not count; -1 before
 * one has ended.
 */
function timeLeft(): (progress: SweepProgress, isRunning: boolean) => number {
  let first: { readonly ended: number; readonly atMs: number } | null = null;
  return ({ candidates }, isRunning) => {
    const ended = endedOf(candidates);
    first ??= { ended, atMs: Date.now() };
    if (!isRunning) return 0;
    return leftAtRate(candidates, ended - first.ended, Date.now() - first.atMs);
  };
}
