import { setTimeout as sleep } from 'node:timers/promises';
import type { SweepProgress } from '../../../core/sweep/progress.js';
import type { Patience } from './patience.js';
import { type SeenSweep, snapshotOf, upToDate } from './snapshot.js';
import { SweepFollower } from './sweep-follower.js';
import type { FoundSweep, Listing, Sweeps } from './sweeps.js';
import { watchSweep } from './watch.js';

/** Names of sweeps that `newest` knows at most: the newest ones. */
const NAMES = 100;
/** Between two looks for sweeps that have been started meanwhile. */
const SURVEY_EVERY_MS = 5000;
/** Who has not asked for so long will not ask again; Prometheus may scrape as seldom as every minute. */
const FORGET_AFTER_MS = 180_000;

/** By then followers have looked again. */
const CHANGE_SHOWS_MS = 2000;

/** The newest sweep of a name. */
export interface KnownSweep {
  readonly name: string;
  readonly sweepId: string;
  readonly progress: SweepProgress;
  /** Stages that a worker has taken. */
  readonly stagesRunning: number;
  /** Stages that wait in the task queue for a worker. */
  readonly stagesQueued: number;
  /** Milliseconds left at the rate so far; -1 where not known. */
  readonly remainingMs: number;
  /** Milliseconds since the start, or from start to end. */
  readonly elapsedMs: number;
  /** Milliseconds since 1970; null while it runs. */
  readonly endedAtMs: number | null;
}

/** A sweep that is kept in sight for `newest`. */
interface Kept {
  readonly sweepId: string;
  readonly startedAt: string;
  readonly stop: AbortController;
  latest: SeenSweep | null;
  following: boolean;
}

/** Where sweeps are, for all who want to know: each running sweep is followed once, and only while somebody cares. */
export class SweepHub {
  private readonly followers = new Map<string, SweepFollower>();
  private readonly kept = new Map<string, Kept>();
  private askedAtMs = 0;
  private changedAtMs = 0;
  private isSurveying = false;

  /** @param closing - fires when the gateway shuts down */
  constructor(
    private readonly sweeps: Sweeps,
    private readonly patience: Patience,
    private readonly closing: AbortSignal,
  ) {}

  /**
   * The sweep now and whenever something changed, until it has ended, the signal fires or the gateway closes.
   * @throws PrunefrontError `PRUNEFRONT_UNREACHABLE` where no orchestrator worker has ever answered
   */
  watch(found: FoundSweep, signal: AbortSignal): AsyncGenerator<SeenSweep> {
    return this.follower(found).watch(AbortSignal.any([signal, this.closing]));
  }

  /**
   * The sweep as those who watch it see it; where nobody does, or somebody has just changed it, as it is when asked. Null while no worker
   * can answer.
   * @param patience - how long this caller waits
   */
  async now(found: FoundSweep, patience: Patience): Promise<SeenSweep | null> {
    const isChanged = Date.now() - this.changedAtMs < CHANGE_SHOWS_MS;
    const seen = isChanged ? null : (this.followers.get(found.sweepId)?.seen ?? null);
    return seen ?? snapshotOf(found.handle, patience, null);
  }

  /** Says that a command has changed a sweep, which whoever gave it wants to see. */
  changed(): void {
    this.changedAtMs = Date.now();
  }

  /** The newest sweep of each name, running or ended. The first answer is empty: looking starts with it, and ends when nobody asks any more. */
  newest(): readonly KnownSweep[] {
    this.askedAtMs = Date.now();
    if (!this.isSurveying && !this.closing.aborted) void this.surveyWhileAsked();
    return [...this.kept].flatMap(([name, { sweepId, latest }]) =>
      latest === null ? [] : [knownSweep(name, sweepId, upToDate(latest))],
    );
  }

  private follower(found: FoundSweep): SweepFollower {
    const { sweepId } = found;
    const known = this.followers.get(sweepId);
    if (known?.isOver === false) return known;
    const follower: SweepFollower = new SweepFollower(
      (signal) => watchSweep(found, this.patience, signal),
      () => {
        if (this.followers.get(sweepId) === follower) this.followers.delete(sweepId);
      },
    );
    this.followers.set(sweepId, follower);
    return follower;
  }

  private async surveyWhileAsked(): Promise<void> {
    this.isSurveying = true;
    while (!this.closing.aborted && Date.now() - this.askedAtMs < FORGET_AFTER_MS) {
      // A server that is away for a moment is asked again the next time.
      await this.survey().catch(() => undefined);
      await sleep(SURVEY_EVERY_MS, undefined, { signal: this.closing, ref: false }).catch(() => undefined);
    }
    for (const { stop } of this.kept.values()) stop.abort();
    this.kept.clear();
    this.isSurveying = false;
  }

  private async survey(): Promise<void> {
    const newest = new Map<string, Listing>();
    for (const listing of await this.sweeps.list()) {
      if (newest.size === NAMES) break;
      if (!newest.has(listing.name)) newest.set(listing.name, listing);
    }
    for (const [name, { stop }] of this.kept) {
      if (newest.has(name)) continue;
      stop.abort();
      this.kept.delete(name);
    }
    for (const listing of newest.values()) this.keep(listing);
  }

  /** Keeps the newest sweep of a name in sight; one that has ended is looked at once. */
  private keep({ name, sweepId, startedAt }: Listing): void {
    const before = this.kept.get(name);
    if (before?.sweepId === sweepId) {
      if (before.following) return;
      if (before.startedAt === startedAt && before.latest !== null) return;
    } else before?.stop.abort();
    const latest = before?.sweepId === sweepId ? before.latest : null;
    const kept: Kept = { sweepId, startedAt, stop: new AbortController(), latest, following: true };
    this.kept.set(name, kept);
    void this.look(kept);
  }

  private async look(kept: Kept): Promise<void> {
    try {
      for await (const seen of this.watch(this.sweeps.known(kept.sweepId), kept.stop.signal)) kept.latest = seen;
    } catch {
      // Looked at again at the next survey.
    } finally {
      kept.following = false;
    }
  }
}

function knownSweep(name: string, sweepId: string, { progress, snapshot, isRunning }: SeenSweep): KnownSweep {
  const { stagesRunning, stagesQueued, remainingMs, elapsedMs } = snapshot;
  const endedAtMs = isRunning ? null : progress.startedAtMs + elapsedMs;
  return { name, sweepId, progress, stagesRunning, stagesQueued, remainingMs, elapsedMs, endedAtMs };
}
