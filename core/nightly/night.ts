import type { ErrorData } from '../errors.js';
import type { ObservationSummary } from '../sweep/observation.js';
import type { FrontComparison } from './compare-fronts.js';

/**
 * How a night ended.
 * - `published`: the selected candidate is the new version.
 * - `kept`: what is published stays, because no candidate keeps the constraints or the selected one falls behind.
 * - `unchanged`: nothing new to judge.
 * - `failed`: it came to no judgement.
 */
export type NightOutcome = 'published' | 'kept' | 'unchanged' | 'failed';

/** What a night found in the watched folder. */
export interface NightInput {
  readonly kind: 'model' | 'data';
  /** SHA-256 of every file that decides the sweep, by absolute path: what was found, and the other files of the spec. */
  readonly files: Readonly<Record<string, string>>;
  /** The newest model, or the newest data, by absolute path. */
  readonly newest: string;
  /** Version that was trained on with the data; null where the model of the spec was, or a model was found. */
  readonly trainedOn: number | null;
}

/** The candidate that a night selected. */
export interface NightCandidate {
  readonly candidate: string;
  readonly label: string;
  readonly stageKey: string;
  readonly summary: ObservationSummary;
}

/** What was published before a night, as measured on the data of the night. */
export interface NightOpponent {
  readonly version: number;
  readonly label: string;
  readonly summary: ObservationSummary;
}

/** How telling somebody of the night went. */
export interface NightNotification {
  /** `webhook` or `command`. */
  readonly target: 'webhook' | 'command';
  readonly ok: boolean;
  /** Why it failed; null where it did not. */
  readonly error: ErrorData | null;
}

/** Everything about one night; the document `nightly/SCHEDULE/nights/TIME-RUN.json` of the store. */
export interface NightRecord {
  /** Name of the schedule. */
  readonly schedule: string;
  /** Id of the workflow run. */
  readonly runId: string;
  readonly outcome: NightOutcome;
  /** Why, in one sentence. */
  readonly reason: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** RFC 3339. */
  readonly endedAt: string;
  /** Milliseconds. */
  readonly durationMs: number;
  readonly input: NightInput | null;
  /** Says what was judged: equal ones are the same search on equal files. */
  readonly fingerprint: string | null;
  readonly sweepId: string | null;
  readonly selected: NightCandidate | null;
  readonly opponent: NightOpponent | null;
  /** Last night's front beside tonight's; null where there is none of last night. */
  readonly comparison: FrontComparison | null;
  /** Stages that were needed, the evaluation of what is published included. */
  readonly stages: { readonly run: number; readonly reused: number };
  /** Name under which it publishes. */
  readonly publication: string;
  /** Version that it published; null where it did not. */
  readonly version: number | null;
  /** Cause of a night that failed. */
  readonly error: ErrorData | null;
  readonly notifications: readonly NightNotification[];
}

/** Folder of the records of a schedule's nights; their names sort by time. */
export function nightsFolder(schedule: string): string {
  return `nightly/${schedule}/nights`;
}

/** Path of a night's record in the store. */
export function nightPath({
  schedule,
  startedAt,
  runId,
}: Pick<NightRecord, 'schedule' | 'startedAt' | 'runId'>): string {
  return `${nightsFolder(schedule)}/${startedAt.replace(/[:.]/g, '-')}-${runId}.json`;
}
