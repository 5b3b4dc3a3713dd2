import type { Choice } from '../registry/index.js';
import type { CompressionPipeline } from './compression.js';
import type { RecoveryExtras } from './recovery.js';
import type { Rewind, Schedule, StartingPoint } from './schedule.js';
import type { Method, OptimizerSpec, Recovery, TrainingExtras } from './spec.js';

/** One pass of training: passes over the training split, the size of a batch, the optimizer, and what the spec asks for beside. */
export interface Training extends TrainingExtras, RecoveryExtras {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerSpec;
}

/** The model that a baseline starts from: one of the zoo, or the state in the store that was made of a file, by its blob key. */
export type InitialModel = { readonly zoo: string } | { readonly stored: string };

/**
 * What a stage does to its parent's weights.
 * - `baseline` builds or loads the dense model and trains it; it has no parent.
 * - `prune` prunes to `sparsity` (of the baseline's prunable weights or units) while it trains.
 * - `tune` trains on under the parent's masks.
 * - `compress` makes the parent smaller by one compression, keeps its zeros, and trains on in the form that this gives the model.
 * - `scan` measures what pruning each layer alone costs, and changes nothing.
 * - `score` evaluates the parent on the test split and trains nothing.
 * - `folds` hands on the first fold's model, its parent, with the mean of all folds' scores, and trains nothing.
 */
export type StageOperation =
  | {
      readonly kind: 'baseline';
      readonly model: InitialModel;
      readonly training: Training;
      /** Epochs whose weights are kept for rewinding; 0 is the start. */
      readonly keepEpochs: readonly number[];
    }
  | {
      readonly kind: 'prune';
      readonly method: Method;
      readonly sparsity: number;
      /** How sparsity grows within the stage. */
      readonly schedule: Choice;
      /** Earlier weights of the baseline to start from in place of the parent's; absent are the parent's. */
      readonly from?: StartingPoint;
      /** Key of the scan that the scope allocates from. */
      readonly scan?: string;
      /** What the weights go back to once the sparsity is reached. */
      readonly rewind: Exclude<Rewind, 'learningRate'>;
      readonly training: Training;
    }
  | { readonly kind: 'tune'; readonly training: Training }
  | { readonly kind: 'compress'; readonly piece: Choice; readonly training: Training }
  | {
      readonly kind: 'scan';
      readonly method: Pick<Method, 'granularity' | 'criterion' | 'scope'>;
      readonly training: Training;
    }
  | { readonly kind: 'score' }
  | {
      readonly kind: 'folds';
      /** The last stage of each fold, the first fold's first; at least two. */
      readonly of: readonly Stage[];
    };

/** The operation of a kind, or of several. */
export type OperationOf<Kind extends StageOperation['kind']> = Extract<StageOperation, { readonly kind: Kind }>;

/** One stage of the tree: its key, its parent's key (null for a baseline), and what it does. */
export interface Stage<Operation extends StageOperation = StageOperation> {
  /** SHA-256, hex, of the canonical JSON of everything that decides the result. */
  readonly key: string;
  readonly parent: string | null;
  /** Key of the sweep's baseline stage, in cross-validation of that of its fold; equals `key` for the baseline itself. */
  readonly baseline: string;
  readonly operation: Operation;
  /** SHA-256, hex, of the plugins that its operation uses, by piece: `criterion spread`; absent where it uses none. */
  readonly plugins?: Readonly<Record<string, string>>;
  /** SHA-256 of the prepared data set in the store; in cross-validation each fold has its own. */
  readonly dataset: string;
  readonly seed: number;
}

/** One point of the search space. */
export interface SearchPoint {
  readonly method: Method;
  readonly sparsity: number;
  readonly schedule: Schedule;
  readonly recovery: Recovery;
  /** Absent is pruning alone. */
  readonly compression?: CompressionPipeline;
}

/** A candidate with the chain of stages that makes it, first to last; the baseline is not among them. */
export interface Candidate extends SearchPoint {
  /** Short and stable: `c017`. The baseline is `dense`. */
  readonly id: string;
  /** What it is, for people: `weight magnitude global, 80 %, polynomial`. */
  readonly label: string;
  readonly stages: readonly Stage[];
}

/** What a trainer says while it works; small numbers only. */
export interface StageProgress {
  readonly phase: 'load' | 'train' | 'prune' | 'evaluate' | 'export';
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  readonly loss: number | null;
  /** Examples that optimizer steps have seen since the stage started, or went on from its checkpoint, on this trainer. */
  readonly images: number;
  readonly imagesPerSecond: number | null;
  readonly sparsity: number;
  /** Key of the newest checkpoint in the store. */
  readonly checkpoint: string | null;
}
