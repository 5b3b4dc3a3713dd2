import { EventEmitter, once } from 'node:events';
import { type SeenSweep, upToDate } from './snapshot.js';

const CHANGED = 'changed';

/** Follows one sweep for all who watch it: a thousand watchers ask Temporal as often as one does. */
export class SweepFollower {
  private readonly stopping = new AbortController();
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private watchers = 0;
  private version = 0;
  private latest: SeenSweep | null = null;
  private end: { readonly error: unknown } | null = null;

  /**
   * @param follow - the sweep whenever something changed, until it has ended or the signal fires
   * @param onEnd - called once, when it follows no more
   */
  constructor(follow: (signal: AbortSignal) => AsyncIterable<SeenSweep>, onEnd: () => void) {
    void this.run(follow(this.stopping.signal)).finally(onEnd);
  }

  /** Whether it follows no more, so that who comes now needs another one. */
  get isOver(): boolean {
    return this.end !== null || this.stopping.signal.aborted;
  }

  /** What those who watch were told last; null before the first time, and once it follows no more. */
  get seen(): SeenSweep | null {
    return this.isOver || this.latest === null ? null : upToDate(this.latest);
  }

  /** The sweep now and whenever something changed; who reads slowly misses what lies between. Ends with the sweep or the signal. */
  async *watch(signal: AbortSignal): AsyncGenerator<SeenSweep> {
    this.watchers += 1;
    let seen = 0;
    try {
      while (!signal.aborted) {
        if (this.latest !== null && seen < this.version) {
          seen = this.version;
          yield upToDate(this.latest);
        } else if (this.end !== null) {
          if (this.end.error !== null) throw this.end.error;
          return;
        } else await once(this.changes, CHANGED, { signal }).catch(() => undefined);
      }
    } finally {
      this.watchers -= 1;
      if (this.watchers === 0) this.stopping.abort();
    }
  }

  private async run(sightings: AsyncIterable<SeenSweep>): Promise<void> {
    try {
      for await (const sighting of sightings) {
        this.latest = sighting;
        this.version += 1;
        this.changes.emit(CHANGED);
      }
      this.end = { error: null };
    } catch (error) {
      this.end = { error };
    }
    this.changes.emit(CHANGED);
  }
}
