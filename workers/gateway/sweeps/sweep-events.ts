import { PrunefrontError } from '../../../core/errors.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { eventsFolder, eventsPath, type NewestEvents, type SweepEvent } from '../../../core/sweep/events.js';
import type { Patience } from './patience.js';
import type { SeenSweep } from './snapshot.js';
import type { SweepHub } from './sweep-hub.js';
import type { FoundSweep } from './sweeps.js';

/** Sweeps whose newest events are remembered, so that many who follow one ask once. */
const REMEMBERED = 100;

/** The events of sweeps: the newest from their workflows, those before from the store. */
export class SweepEvents {
  private readonly answers = new Map<string, { readonly sequence: number; readonly newest: Promise<NewestEvents> }>();

  constructor(
    private readonly hub: SweepHub,
    private readonly patience: Patience,
    private readonly store: ArtifactStore,
  ) {}

  /**
   * The events of a sweep after a number, each once and in order, to its end or until the signal fires.
   * @throws PrunefrontError `PRUNEFRONT_SWEEP_STATE` where the sweep has not come to that number: perhaps it was started again since
   */
  async *follow(found: FoundSweep, after: number, signal: AbortSignal): AsyncGenerator<SweepEvent> {
    let seen = after;
    for await (const sighting of this.hub.watch(found, signal)) {
      const { events: sequence } = sighting.progress;
      if (sequence < seen) await this.requireReached(found, seen, sighting.endedFromOutside);
      for await (const event of this.between(found, seen, sequence)) {
        seen = event.sequence;
        yield event;
      }
      const end = endFromOutside(sighting, seen);
      if (end !== null) yield end;
    }
  }

  /** The events after one number up to another. */
  private async *between(found: FoundSweep, after: number, to: number): AsyncGenerator<SweepEvent> {
    if (to <= after) return;
    const { run, events } = await this.newest(found, to);
    const heldFrom = events[0]?.sequence ?? to + 1;
    if (heldFrom > after + 1) yield* this.stored(found.sweepId, run, after, heldFrom - 1);
    yield* events.filter(({ sequence }) => sequence > after);
  }

  /** The sighting may be older than what the caller was told elsewhere; the sweep itself knows all but an end from outside. */
  private async requireReached(
    { sweepId, handle }: FoundSweep,
    asked: number,
    endedFromOutside: boolean,
  ): Promise<void> {
    const { sequence } = await this.patience.orchestrator(() => handle.query<NewestEvents>('events'));
    const last = endedFromOutside ? sequence + 1 : sequence;
    if (last >= asked) return;
    throw new PrunefrontError('PRUNEFRONT_SWEEP_STATE', `The sweep ${sweepId} has no event ${asked}`, {
      found: `${last} events`,
      allowed: `0 to ${last}`,
      hint: 'perhaps it was started again since; ask for its events from 0',
    });
  }

  private newest(found: FoundSweep, sequence: number): Promise<NewestEvents> {
    const { sweepId, handle } = found;
    const known = this.answers.get(sweepId);
    if (known?.sequence === sequence) return known.newest;
    const newest = this.patience.orchestrator(() => handle.query<NewestEvents>('events'));
    // The oldest entry comes first.
    this.answers.delete(sweepId);
    for (const oldest of this.answers.keys()) {
      if (this.answers.size < REMEMBERED) break;
      this.answers.delete(oldest);
    }
    this.answers.set(sweepId, { sequence, newest });
    // Not remembered where it failed.
    newest.catch(() => this.answers.delete(sweepId));
    return newest;
  }

  private async *stored(sweepId: string, run: string, after: number, to: number): AsyncGenerator<SweepEvent> {
    const first = eventsPath(sweepId, run, after + 1);
    const paths = await this.store.listDocuments(eventsFolder(sweepId, run));
    // The document that holds the first wanted event may begin before it.
    const from = Math.max(
      0,
      paths.findLastIndex((path) => path <= first),
    );
    let seen = after;
    for (const path of paths.slice(from)) {
      const events = ((await this.store.getDocument(path)) ?? []) as readonly SweepEvent[];
      for (const event of events) {
        if (event.sequence <= seen || event.sequence > to) continue;
        if (event.sequence > seen + 1) throw missing(sweepId, seen + 1);
        seen = event.sequence;
        yield event;
      }
    }
    if (seen < to) throw missing(sweepId, seen + 1);
  }
}

/** The last event of a sweep that could not tell it, the same at every gateway. */
function endFromOutside({ endedFromOutside, progress, snapshot }: SeenSweep, seen: number): SweepEvent | null {
  const sequence = progress.events + 1;
  if (!endedFromOutside || seen >= sequence) return null;
  const atMs = progress.startedAtMs + snapshot.elapsedMs;
  return { kind: 'ended', state: 'failed', error: progress.error, sequence, atMs };
}

function missing(sweepId: string, sequence: number): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_ARTIFACT_MISSING', `Event ${sequence} of ${sweepId} is no longer stored`, {
    place: `sweeps/${sweepId}/events`,
    hint: 'follow the sweep from its newest event on',
  });
}
