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
