import type { ErrorCode, ErrorData } from '../errors.js';
import type { ObservationSummary } from './observation.js';
import type { SweepSpec } from './spec.js';
import type { InitialModel, SearchPoint, Stage, StageProgress } from './stage.js';

/** State of a sweep. */
export type SweepState =
  | 'preparing'
  | 'baseline'
  | 'searching'
  | 'paused'
  | 'scoring'
  | 'publishing'
  | 'done'
  | 'cancelled'
  | 'failed';

/** What a sweep gets of slots that several sweeps wait for. */
export interface SlotShare {
  /** 1 is most urgent, 5 least: stages of a more urgent sweep get free slots first. */
  readonly priority: 1 | 2 | 3 | 4 | 5;
  /** Share among sweeps of one priority, relative to theirs; above 0, at most 1000. */
  readonly weight: number;
}

/** The share of a sweep that asked for none. */
export const EQUAL_SHARE: SlotShare = { priority: 3, weight: 1 };

/** Input of `sweepWorkflow`; `carried` is what continue-as-new hands on. */
export interface SweepInput {
  readonly sweepId: string;
  readonly spec: SweepSpec;
  /** The YAML as the user wrote it, for the report. */
  readonly source: string;
  readonly stageTaskQueue: string;
  /** Stages scheduled at once; workers take them from the queue as slots get free. */
  readonly window: number;
  /** What it starts from in place of the model of the spec. */
  readonly model?: InitialModel;
  /** Points of the space that are tried before all others. */
  readonly startFrom?: readonly SearchPoint[];
  readonly share: SlotShare;
  readonly carried?: CarriedState;
}

/** A point of the front so far, or a selected candidate. */
export interface FrontPoint {
  readonly id: string;
  readonly label: string;
  readonly stageKey: string;
  readonly summary: ObservationSummary;
}

/** What continue-as-new hands on: small, and never growing with the number of candidates. */
export interface CarriedState {
  readonly cursor: number;
  readonly counts: CandidateCounts;
  readonly budget: number;
  readonly paused: boolean;
  readonly startedAtMs: number;
  readonly dataset: string;
  readonly baseline: FrontPoint;
  readonly front: readonly FrontPoint[];
  readonly stages: Pick<StageCounts, 'done' | 'reused' | 'shared'>;
  readonly failures: SweepProgress['failures'];
  readonly failuresByCause: SweepProgress['failuresByCause'];
  readonly lastProgressAtMs: number;
  /** Number of the newest event. */
  readonly events: number;
}

/** Candidates of a sweep so far. */
export interface CandidateCounts {
  readonly ok: number;
  readonly failed: number;
  /** Candidates asked for so far. */
  readonly proposed: number;
  /** Candidates that the spec and budget allow in all. */
  readonly total: number;
}

/** Stages of a sweep so far, each counted once, whoever asks for it. */
export interface StageCounts {
  readonly done: number;
  readonly reused: number;
  /** Scheduled: running or waiting for a slot. */
  readonly inFlight: number;
  /** Known and not yet scheduled. */
  readonly waiting: number;
  /** Stages that were saved, because another candidate of this sweep has them too: one more for each further candidate. */
  readonly shared: number;
}

/** Answer of the `progress` query. */
export interface SweepProgress {
  readonly sweepId: string;
  readonly name: string;
  readonly state: SweepState;
  readonly candidates: CandidateCounts;
  readonly stages: StageCounts;
  readonly budget: number;
  readonly baseline: FrontPoint | null;
  readonly front: readonly FrontPoint[];
  /** Newest failures, at most five. */
  readonly failures: readonly { readonly id: string; readonly label: string; readonly cause: ErrorData }[];
  /** Failed candidates by the code of their cause; codes without any are not there. */
  readonly failuresByCause: Readonly<Partial<Record<ErrorCode, number>>>;
  readonly selected: Selection | null;
  /** How the spec wants one of the front picked: with it, whoever looks can tell which one leads so far. */
  readonly policy: Pick<SweepSpec, 'objectives' | 'constraints' | 'select'>;
  readonly startedAtMs: number;
  /** Milliseconds since 1970 when a stage last ended, or was found in the store; before any has, when the sweep started. */
  readonly lastProgressAtMs: number;
  /** Milliseconds that the search may take in all; null without a limit. */
  readonly wallClockMs: number | null;
  /** Number of its newest event. */
  readonly events: number;
  readonly error: ErrorData | null;
}

/** The candidate that the policy picked and the reason in a sentence; `id` is null where none satisfies the constraints. */
export interface Selection {
  readonly id: string | null;
  readonly reason: string;
}

/** Details of a stage's heartbeat: what `watch` shows of a slot and what a retry resumes from. */
export interface StageHeartbeat extends Omit<StageProgress, 'phase'> {
  readonly stageKey: string;
  readonly candidate: string;
  readonly label: string;
  readonly node: string;
  /** Place of the slot on its node; -1 while the stage waits for one. */
  readonly slot: number;
  readonly phase: StageProgress['phase'] | 'queued';
  /** Deaths of the trainer in this stage since its last new checkpoint. */
  readonly trainerDeaths: number;
}

/** Input of the `runStage` activity. */
export interface RunStageInput {
  /** Name of the sweep, for people and metrics. */
  readonly sweep: string;
  readonly candidate: string;
  readonly label: string;
  readonly stage: Stage;
}
