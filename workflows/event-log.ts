import { CancellationScope } from '@temporalio/workflow';
import type { NewestEvents, SweepEvent, SweepHappening } from '../core/sweep/events.js';
import { orchestrator } from './proxies.js';

/** Events in one document: few activities for many events, and an input that stays small. */
const BATCH = 50;

/** What happened to a sweep, numbered. The newest are held here, and so in the workflow's history; the others are in the store. */
export class EventLog {
  private held: readonly SweepEvent[] = [];
  private sequence: number;
  private keeping: Promise<void> | null = null;

  /**
   * @param run - the workflow's first run, which it has in common with those that it continued as
   * @param sequence - number of the newest event so far
   */
  constructor(
    private readonly sweepId: string,
    private readonly run: string,
    sequence: number,
  ) {
    this.sequence = sequence;
  }

  /** Number of the newest event; 0 before the first. */
  get newest(): number {
    return this.sequence;
  }

  /** Takes what has happened. */
  add(happening: SweepHappening): void {
    this.sequence += 1;
    this.held = [...this.held, { ...happening, sequence: this.sequence, atMs: Date.now() }];
  }

  /** The events that are held here. */
  answer(): NewestEvents {
    return { run: this.run, sequence: this.sequence, events: this.held };
  }

  /** Keeps events in the store where a batch is full; resolves at once, or when they are kept. */
  async keepBatch(): Promise<void> {
    if (this.held.length >= BATCH) await this.keep();
  }

  /** Keeps all events in the store, also where the sweep is cancelled meanwhile. */
  async keep(): Promise<void> {
    // Two documents of overlapping events would tell one twice.
    while (this.keeping !== null) await this.keeping;
    if (this.held.length === 0) return;
    this.keeping = this.record(this.held);
    try {
      await this.keeping;
    } finally {
      this.keeping = null;
    }
  }

  private async record(events: readonly SweepEvent[]): Promise<void> {
    const { sweepId, run } = this;
    await CancellationScope.nonCancellable(() => orchestrator.recordEvents({ sweepId, run, events }));
    this.held = this.held.slice(events.length);
  }
}
