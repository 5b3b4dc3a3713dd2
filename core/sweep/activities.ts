import type { SweepEvent } from './events.js';
import type { CandidateOutcome, StageResult } from './observation.js';
import type { FrontPoint, RunStageInput, Selection } from './progress.js';
import type { SweepSpec } from './spec.js';
import type { Candidate, InitialModel, SearchPoint, Stage } from './stage.js';

/** What preparing tells the workflow. */
export interface PreparedSweep {
  /** Blob key of the prepared data set; in cross-validation of the first fold's. */
  readonly dataset: string;
  /** The stage that makes the dense model; in cross-validation it stands on the baselines of all folds. */
  readonly baseline: Stage;
  /** Points of the search space. */
  readonly space: number;
}

/** A candidate, or the dense model, with every stage that makes it, first to last: what is run again where an artifact is damaged. */
export interface StageChain {
  readonly id: string;
  readonly label: string;
  readonly stages: readonly Stage[];
}

/** A candidate and how it ended. */
export interface EndedCandidate {
  readonly candidate: Candidate;
  readonly outcome: CandidateOutcome;
}

/** Input of `publish`: everything that is not in the store yet. */
export interface PublishInput {
  readonly sweepId: string;
  readonly spec: SweepSpec;
  readonly source: string;
  readonly baselineStage: Stage;
  readonly baseline: FrontPoint;
  readonly front: readonly FrontPoint[];
  /** Keys of the score stages by candidate id. */
  readonly scores: Readonly<Record<string, string>>;
  readonly selection: Selection;
  readonly startedAtMs: number;
}

/** Activities of the orchestrator worker: short, no device. */
export interface OrchestratorActivities {
  /** `model` takes the place of that of the spec. */
  prepareSweep(input: { readonly spec: SweepSpec; readonly model?: InitialModel }): Promise<PreparedSweep>;
  suggest(input: {
    readonly spec: SweepSpec;
    readonly baseline: Stage;
    readonly cursor: number;
    readonly count: number;
    readonly startFrom?: readonly SearchPoint[];
  }): Promise<readonly Candidate[]>;
  recordOutcomes(input: { readonly sweepId: string; readonly candidates: readonly EndedCandidate[] }): Promise<void>;
  /** Keeps events, in order and without gaps. */
  recordEvents(input: {
    readonly sweepId: string;
    readonly run: string;
    readonly events: readonly SweepEvent[];
  }): Promise<void>;
  select(input: {
    readonly spec: SweepSpec;
    readonly baseline: FrontPoint;
    readonly front: readonly FrontPoint[];
  }): Promise<Selection>;
  /** The chain of each point with its score stage at the end. */
  scoreStages(input: {
    readonly sweepId: string;
    readonly baselineStage: Stage;
    readonly points: readonly FrontPoint[];
  }): Promise<readonly StageChain[]>;
  /** Publishes, or where artifacts are damaged, publishes nothing and names the chains to run again. */
  publish(input: PublishInput): Promise<{ readonly damaged: readonly StageChain[] }>;
}

/** Activities of a GPU node worker. */
export interface StageActivities {
  runStage(input: RunStageInput): Promise<StageResult>;
}
