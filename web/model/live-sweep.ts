import { computed, signal } from '@preact/signals';
import { type PageData, pageData } from '../../core/report/report-data.js';
import type { SweepEvent } from '../../core/sweep/events.js';
import type { FrontPoint, StageHeartbeat, SweepProgress } from '../../core/sweep/progress.js';
import type { SweepResult } from '../../core/sweep/result.js';
import type { SweepEvent__Output } from '../../proto/generated/prunefront/v1/SweepEvent.js';
import type { SweepSnapshot__Output } from '../../proto/generated/prunefront/v1/SweepSnapshot.js';
import { untilDone } from '../api/again.js';
import { call, Refusal, stream } from '../api/gateway.js';
import { type Failure, liveData } from './sweep-data.js';

/** A sweep at one moment. */
export interface Snapshot
  extends Pick<SweepSnapshot__Output, 'stagesRunning' | 'stagesQueued' | 'remainingMs' | 'elapsedMs' | 'retryReasons'> {
  readonly progress: SweepProgress;
  readonly slots: readonly { readonly heartbeat: StageHeartbeat; readonly attempt: number }[];
}

/** An event with its sentence. */
export type ToldEvent = SweepEvent & { readonly message: string };

/** Events that the page keeps for its list. */
const EVENTS_KEPT = 500;
/** Milliseconds in which what arrives is shown together. */
const GATHER_MS = 60;
const OVER = new Set(['done', 'cancelled', 'failed']);

/** A sweep as it goes on: it follows the gateway's streams, resumes them after the last event that it has seen, and ends with the result. */
export class LiveSweep {
  readonly snapshot = signal<Snapshot | null>(null);
  /** Newest last. */
  readonly events = signal<readonly ToldEvent[]>([]);
  readonly result = signal<SweepResult | null>(null);
  readonly refusal = signal<Refusal | null>(null);
  /** What the plot and the table show. */
  readonly data = computed<PageData | null>(() => {
    const [result, snapshot] = [this.result.value, this.snapshot.value];
    if (result !== null) return pageData(result);
    const { points, failures } = this.known.value;
    return snapshot === null ? null : liveData({ progress: snapshot.progress, points, failures });
  });
  /** Whether it has ended. */
  readonly isOver = computed(() => this.result.value !== null || OVER.has(this.snapshot.value?.progress.state ?? ''));

  private readonly known = signal<{
    readonly points: ReadonlyMap<string, FrontPoint>;
    readonly failures: ReadonlyMap<string, Failure>;
  }>({ points: new Map(), failures: new Map() });
  private readonly gone = new AbortController();
  private lastSequence = 0;
  private arrived: ToldEvent[] = [];
  private gathering: ReturnType<typeof setTimeout> | null = null;

  constructor(readonly sweepId: string) {}

  /** Follows the sweep until `stop`. */
  start(): void {
    void this.follow();
    // Without events there is still the front.
    void this.followAllEvents().catch(() => undefined);
  }

  stop(): void {
    this.gone.abort();
  }

  /** Key of a candidate's last stage, as its event told it; empty where none did. */
  stageKeyOf(id: string): string {
    return this.known.value.points.get(id)?.stageKey ?? '';
  }

  private async follow(): Promise<void> {
    const { signal } = this.gone;
    try {
      await untilDone((worked) => this.followSnapshots(worked), signal);
      if (this.snapshot.value?.progress.baseline !== null) await untilDone(() => this.readResult(), signal);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // The store knows a sweep longer than Temporal does.
      const read = await untilDone(() => this.readResult(), signal).then(
        () => true,
        () => false,
      );
      if (!read) this.refusal.value = error;
    }
  }

  private async followSnapshots(worked: () => void): Promise<void> {
    const { sweepId } = this;
    type Answer = { readonly snapshot: SweepSnapshot__Output };
    for await (const { snapshot } of stream<Answer>('SweepService', 'WatchSweep', { sweepId }, this.gone.signal)) {
      worked();
      this.snapshot.value = decoded(snapshot);
    }
  }

  private async followAllEvents(): Promise<void> {
    try {
      await untilDone((worked) => this.followEvents(worked), this.gone.signal);
    } catch (error) {
      if (!(error instanceof Refusal) || error.data.code !== 'PRUNEFRONT_SWEEP_STATE' || this.lastSequence === 0)
        throw error;
      // It was started again, and numbers its events anew.
      this.lastSequence = 0;
      this.events.value = [];
      await this.followAllEvents();
    }
  }

  private async followEvents(worked: () => void): Promise<void> {
    const message = { sweepId: this.sweepId, afterSequence: this.lastSequence };
    type Answer = { readonly event: SweepEvent__Output };
    for await (const { event } of stream<Answer>('SweepService', 'WatchEvents', message, this.gone.signal)) {
      worked();
      const told = { ...(JSON.parse(event.eventJson) as SweepEvent), message: event.message };
      if (told.sequence <= this.lastSequence) continue;
      this.lastSequence = told.sequence;
      this.arrived.push(told);
      this.gathering ??= setTimeout(() => this.show(), GATHER_MS);
    }
  }

  private async readResult(): Promise<void> {
    const { sweepId } = this;
    const { resultJson } = await call<{ readonly resultJson: string }>('SweepService', 'GetFront', { sweepId });
    if (!this.gone.signal.aborted) this.result.value = JSON.parse(resultJson) as SweepResult;
  }

  private show(): void {
    this.gathering = null;
    const arrived = this.arrived;
    this.arrived = [];
    this.events.value = [...this.events.value, ...arrived].slice(-EVENTS_KEPT);
    const points = new Map(this.known.value.points);
    const failures = new Map(this.known.value.failures);
    for (const event of arrived) {
      if (event.kind === 'candidateEnded') points.set(event.point.id, event.point);
      if (event.kind === 'candidateFailed') failures.set(event.id, event);
    }
    this.known.value = { points, failures };
  }
}

function decoded({ progressJson, slots, ...rest }: SweepSnapshot__Output): Snapshot {
  return {
    ...rest,
    progress: JSON.parse(progressJson) as SweepProgress,
    slots: slots
      .map(({ heartbeatJson, attempt }) => ({ heartbeat: JSON.parse(heartbeatJson) as StageHeartbeat, attempt }))
      .sort((a, b) => a.heartbeat.node.localeCompare(b.heartbeat.node) || a.heartbeat.slot - b.heartbeat.slot),
  };
}
