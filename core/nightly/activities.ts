import type { FrontPoint } from '../sweep/progress.js';
import type { Objective, SweepSpec } from '../sweep/spec.js';
import type { InitialModel, SearchPoint, Stage } from '../sweep/stage.js';
import type { FrontComparison } from './compare-fronts.js';
import type { NightCandidate, NightInput, NightRecord } from './night.js';
import type { NightlyNotify, NightlySpec } from './nightly-spec.js';

/** A validated spec that has its `nightly` section. */
export type NightSpec = SweepSpec & { readonly nightly: NightlySpec };

/** Input of `nightlyWorkflow`. */
export interface NightlyInput {
  /** Name of the schedule. */
  readonly schedule: string;
  readonly spec: NightSpec;
  /** The YAML as the user wrote it. */
  readonly source: string;
  readonly stageTaskQueue: string;
  /** Stages of the sweep scheduled at once. */
  readonly window: number;
}

/** What a night works on. */
export interface PickedNight {
  /** What is searched: the spec of the schedule with what was found in its place. */
  readonly spec: SweepSpec;
  /** What the sweep starts from in place of the model of the spec; null where it is that. */
  readonly model: InitialModel | null;
  readonly sweepId: string;
  readonly input: NightInput;
  readonly fingerprint: string;
  /** Sweep of the last night that came to a judgement; null before the first. */
  readonly lastSweepId: string | null;
  /** Points of its front. */
  readonly startFrom: readonly SearchPoint[];
  /** Whether that night judged the same. */
  readonly isUnchanged: boolean;
}

/** What is published, and how it is measured on tonight's data. */
export interface Opponent {
  readonly version: number;
  readonly label: string;
  /** Key of the stage that made it. */
  readonly stageKey: string;
  /** The stage that measures it: the one that made it, where the data are the same. */
  readonly stage: Stage;
  /** Stages that it stands on and that are run first; only in cross-validation, where it is measured on each fold. */
  readonly before?: readonly Stage[];
}

/** Activities of a night on the orchestrator worker. */
export interface NightlyActivities {
  /** Looks into the watched folder. */
  pickNight(input: { readonly schedule: string; readonly spec: NightSpec }): Promise<PickedNight>;
  /** What is published under a name; null where nothing is. */
  findOpponent(input: {
    readonly publication: string;
    readonly spec: SweepSpec;
    /** A stage of the night, for its data. */
    readonly stageKey: string;
  }): Promise<Opponent | null>;
  /** Last night's front beside tonight's; null where that of last night is no longer there. */
  compareNights(input: {
    readonly before: string;
    readonly tonight: string;
    readonly objectives: readonly Objective[];
    /** Tonight's dense model. */
    readonly dense: FrontPoint;
  }): Promise<FrontComparison | null>;
  /** Publishes the candidate of a sweep; returns the version. */
  publishVersion(input: {
    readonly schedule: string;
    readonly runId: string;
    readonly spec: NightSpec;
    readonly source: string;
    readonly sweepId: string;
    readonly input: NightInput;
    readonly selected: NightCandidate;
  }): Promise<number>;
  recordNight(record: NightRecord): Promise<void>;
}

/** Activities that tell others of a night; each try ends in time. */
export interface NotifyActivities {
  postWebhook(input: NotifyInput & { readonly url: string }): Promise<void>;
  runCommand(input: NotifyInput & { readonly command: readonly string[] }): Promise<void>;
}

/** What is told. */
export interface NotifyInput extends Pick<NightlyNotify, 'timeoutMs'> {
  readonly record: Omit<NightRecord, 'notifications'>;
}
