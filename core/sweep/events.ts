import type { ErrorData } from '../errors.js';
import type { FrontPoint, Selection, SweepState } from './progress.js';

/** What happened to a sweep, with its facts. */
export type SweepHappening =
  | { readonly kind: 'started'; readonly name: string }
  | { readonly kind: 'stateChanged'; readonly state: SweepState }
  | { readonly kind: 'baselineMeasured'; readonly point: FrontPoint }
  | { readonly kind: 'candidateEnded'; readonly point: FrontPoint; readonly onFront: boolean }
  | { readonly kind: 'candidateFailed'; readonly id: string; readonly label: string; readonly cause: ErrorData }
  | { readonly kind: 'budgetRaised'; readonly candidates: number }
  | { readonly kind: 'selected'; readonly selection: Selection }
  | { readonly kind: 'ended'; readonly state: 'done' | 'cancelled' | 'failed'; readonly error: ErrorData | null };

/** Name of what happened. */
export type SweepEventKind = SweepHappening['kind'];

/** One event of a sweep. The workflow numbers them, so that every gateway tells the same ones. */
export type SweepEvent = SweepHappening & {
  /** 1, 2, 3, … without gaps. */
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
};

/** Answer of the `events` query: the newest events, as far as they are not in the store yet. */
export interface NewestEvents {
  /** The sweep's first run: one that is started again, under the same id, numbers its events anew. */
  readonly run: string;
  /** Number of the newest event. */
  readonly sequence: number;
  /** In order, without gaps, to the newest; those before are in the store. */
  readonly events: readonly SweepEvent[];
}

/** Folder of the documents that keep the events of a sweep, some in each. */
export function eventsFolder(sweepId: string, run: string): string {
  return `sweeps/${sweepId}/events/${run}`;
}

/** Document of events whose first has this number: names sort as numbers do. */
export function eventsPath(sweepId: string, run: string, first: number): string {
  return `${eventsFolder(sweepId, run)}/${String(first).padStart(12, '0')}.json`;
}
