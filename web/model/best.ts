import type { SweepProgress } from '../../core/sweep/progress.js';
import { mainScore, type TaskName } from '../../core/sweep/task.js';
import type { GetSweepResponse__Output } from '../../proto/generated/prunefront/v1/GetSweepResponse.js';
import type { SweepListing__Output } from '../../proto/generated/prunefront/v1/SweepListing.js';
import { call } from '../api/gateway.js';
import { bestOf, taskOfSweep } from './sweep-data.js';

/** What a sweep has found so far, beside its dense model. */
export interface Best {
  readonly task: TaskName;
  /** Of the best member of the front, by the task's main metric. */
  readonly score: number | null;
  /** Its score minus that of the dense model. */
  readonly change: number | null;
  /** Bytes after gzip of the smallest member of the front. */
  readonly smallest: number | null;
  readonly denseBytes: number | null;
}

/** Sweeps that are asked for at once. */
const AT_ONCE = 4;

/** What sweeps had found at a progress and in a state; then nothing has changed. */
const known = new Map<string, Best>();

/** What each of some sweeps has found; one that cannot tell is left out. */
export async function bestKnown(sweeps: readonly SweepListing__Output[]): Promise<ReadonlyMap<string, Best>> {
  const waiting = [...sweeps];
  const best = new Map<string, Best>();
  const work = async (): Promise<void> => {
    for (let sweep = waiting.shift(); sweep !== undefined; sweep = waiting.shift()) {
      const found = await bestOfSweep(sweep).catch(() => null);
      if (found !== null) best.set(sweep.sweepId, found);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return best;
}

async function bestOfSweep({ sweepId, state, progress, startedAt }: SweepListing__Output): Promise<Best> {
  const moment = [sweepId, startedAt, state, progress].join(' ');
  const before = known.get(moment);
  if (before !== undefined) return before;
  const { snapshot } = await call<GetSweepResponse__Output>('SweepService', 'GetSweep', { sweepId });
  const found = summary(JSON.parse(snapshot?.progressJson ?? '') as SweepProgress);
  known.set(moment, found);
  return found;
}

function summary(progress: SweepProgress): Best {
  const dense = progress.baseline?.summary ?? null;
  const best = bestOf(progress)?.summary ?? null;
  const sizes = progress.front.map(({ summary: { bytesGzip } }) => bytesGzip);
  return {
    task: taskOfSweep(progress),
    score: best === null ? null : mainScore(best),
    change: best === null || dense === null ? null : mainScore(best) - mainScore(dense),
    smallest: sizes.length === 0 ? null : Math.min(...sizes),
    denseBytes: dense?.bytesGzip ?? null,
  };
}
