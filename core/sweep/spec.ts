import type { NightlySpec } from '../nightly/nightly-spec.js';
import type { Choice } from '../registry/index.js';
import type { CompressionPipeline } from './compression.js';
import type { LearningRateSchedule, RecoveryExtras } from './recovery.js';
import type { Schedule } from './schedule.js';
import type { Task } from './task.js';

/**
 * The types of a validated spec with every default filled in. The zod schema in core/spec produces exactly these;
 * workflows import them from here, because zod stays out of workflow code.
 */

/** The model a sweep starts from: one of the zoo, or a saved tfjs LayersModel (`model.json`, absolute path). */
export type ModelSource = { readonly zoo: string } | { readonly file: string };

/** Where the examples come from; file paths are absolute once validated. */
export type DatasetSource =
  | { readonly builtin: 'mnist' }
  | { readonly idx: { readonly images: string; readonly labels?: string } }
  | { readonly csv: { readonly file: string; readonly label: string } }
  | { readonly npz: { readonly file: string; readonly x: string; readonly y?: string } }
  | { readonly npy: { readonly x: string; readonly y?: string } }
  /** A reader of a plugin. */
  | { readonly reader: Choice };

/** Fractions of the examples; the rest trains. Stratified by label where they have classes. */
export interface HeldOutSplit {
  readonly validation: number;
  readonly test: number;
  readonly seed: number;
}

/** Cross-validation: what the test split leaves is dealt out to folds, each of which is the validation split once and trains otherwise. */
export interface FoldedSplit {
  /** 2 to 20. */
  readonly folds: number;
  readonly test: number;
  readonly seed: number;
}

/** How the examples are split. */
export type Split = HeldOutSplit | FoldedSplit;

/** The optimizer with its settings; defaults are those of Keras. */
export type OptimizerSpec =
  | { readonly adam: AdamSpec }
  | { readonly adamW: AdamSpec & { readonly weightDecay: number } }
  | {
      readonly rmsProp: {
        readonly learningRate: number;
        readonly rho: number;
        readonly momentum: number;
        readonly epsilon: number;
      };
    }
  | { readonly sgd: { readonly learningRate: number; readonly momentum: number; readonly nesterov: boolean } };

interface AdamSpec {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** How training examples are shown differently each time; what is absent isn't done. */
export interface Augment {
  /** Pixels that an image is moved by at most, in each direction; what comes in is zero. */
  readonly shift?: number;
  readonly flip?: 'horizontal' | 'vertical' | 'both';
  /** Least part of each side that a random window has, which is shown in the image's size. */
  readonly crop?: number;
  /** Standard deviation of the noise that is added, in units of the model's input. */
  readonly noise?: number;
}

/** What trainings make small beside the plain mean loss, and what is scored; what is not asked for is absent. */
export interface TrainingObjective {
  /** What the model is asked for; absent is classification. */
  readonly task?: Task;
  /** Of a classification; absent is cross-entropy. */
  readonly loss?: Choice;
  /** What the loss of an example is multiplied with, by its class; `balanced` gives each class the same say. */
  readonly classWeights?: 'balanced' | readonly number[];
  /** Largest norm of all gradients together or of each weight's, or largest absolute entry. */
  readonly clip?: { readonly globalNorm: number } | { readonly norm: number } | { readonly value: number };
  /** Factors of Σ|w| and Σw² over the kernels, and of Σ|γ| over the scales of batch norm; added to the loss. */
  readonly penalty?: { readonly l1?: number; readonly l2?: number; readonly gamma?: number };
  /** Further metrics that are scored beside those of the task, in alphabetical order. */
  readonly metrics?: readonly OwnMetric[];
}

/** `auto` is bfloat16 on nodes where a calibration has measured that it trains faster. */
export type Precision = 'float32' | 'bfloat16' | 'auto';

/** What a training does beside plain steps; what is not asked for is absent. */
export interface TrainingExtras extends TrainingObjective {
  readonly augment?: Augment;
  /** Of convolutions and matrix products while it trains; absent is float32. Weights, optimizer, batch norm and scores are float32. */
  readonly precision?: Precision;
}

/** How the dense model is trained; `epochs: 0` takes a saved model as it is. The extras are those of every training. */
export interface Baseline extends Omit<TrainingExtras, 'task' | 'metrics'> {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerSpec;
  /** Of the baseline alone; absent is the same rate throughout. */
  readonly schedule?: LearningRateSchedule;
  readonly seed: number;
}

/** What a sparsity is a fraction of: prunable weights, units, all parameters, multiply-accumulates, or bytes as they are stored. */
export type SparsityCount = 'weights' | 'units' | 'parameters' | 'macs' | 'bytes';

/** What holds for the layers whose names match a pattern; `*` and `?` stand for any text and for one character. */
export interface LayerRule {
  readonly pattern: string;
  /** Whether these layers keep everything. */
  readonly exclude?: boolean;
  /** Sparsity of these layers, counted in what goes or stays as one, in place of what the scope would give them; 0 to 1. */
  readonly sparsity?: number;
  /** Part of what goes or stays as one that these layers keep in any case, 0 to 1. */
  readonly floor?: number;
}

/** What is pruned (granularity), by what score (criterion), compared with whom (scope); each is a registered piece. */
export interface Method {
  readonly granularity: Choice;
  readonly criterion: Choice;
  readonly scope: Choice;
  /** What sparsity counts; absent is the weights that are pruned, or the units or layers that are removed. */
  readonly count?: Exclude<SparsityCount, 'units'>;
  /** Where several match a layer, what a later one says holds. */
  readonly layers?: readonly LayerRule[];
}

/** Retraining after pruning. `batchSize` and the kind of optimizer are the baseline's. */
export interface Recovery extends RecoveryExtras {
  readonly epochs: number;
  readonly learningRate: number;
}

/** The lists whose product is the search space. */
export interface SearchSpace {
  readonly method: readonly Method[];
  readonly sparsity: readonly number[];
  readonly schedule: readonly Schedule[];
  readonly recovery: readonly Recovery[];
  /** Absent is pruning alone. */
  readonly compression?: readonly CompressionPipeline[];
}

/** A number of an observation that can be an objective or a constraint. */
export const METRIC_NAMES = [
  'accuracy',
  'top5',
  'macroF1',
  'r2',
  'mae',
  'psnr',
  'mse',
  'loss',
  'parameters',
  'nonzeroParameters',
  'macs',
  'nonzeroMacs',
  'bytesDense',
  'bytesGzip',
  'bytesSparse',
  'bytesEncoded',
  'latencyP50',
  'latencyP95',
  'batchLatencyP50',
  'batchLatencyP95',
  'deviceSeconds',
] as const;
declare const OWN: unique symbol;
/** Name of a further metric, which is scored where a spec names it: a top-k that no task has by itself, or one of a plugin. */
export type OwnMetric = string & { readonly [OWN]: true };
/** Name of such a number. */
export type MetricName = (typeof METRIC_NAMES)[number] | OwnMetric;

/** Whether a metric is scored only where a spec names it. */
export function isOwnMetric(name: string): name is OwnMetric {
  return !METRIC_NAMES.some((metric) => metric === name);
}

/** What makes one candidate better than another. */
export type Objective = { readonly maximize: MetricName } | { readonly minimize: MetricName };

/** What a candidate must keep to be selected. `accuracyDrop` is dense accuracy minus the candidate's, on validation. */
export type Constraint =
  | { readonly accuracyDrop: { readonly atMost: number } }
  | { readonly metric: { readonly name: MetricName; readonly atMost?: number; readonly atLeast?: number } };

/** How one candidate of the front is selected. */
export type SelectPolicy = 'knee' | { readonly best: MetricName };

/** What a sweep may spend. */
export interface Budget {
  readonly candidates: number;
  /** Milliseconds after which no new candidate is started; `null` is no limit. */
  readonly wallClockMs: number | null;
}

/** A whole validated spec. */
export interface SweepSpec {
  readonly name: string;
  /** What the model is asked for; absent is classification. */
  readonly task?: Task;
  readonly model: ModelSource;
  readonly dataset: DatasetSource;
  readonly split: Split;
  readonly baseline: Baseline;
  readonly space: SearchSpace;
  readonly search: { readonly algorithm: 'grid' | 'random'; readonly seed: number };
  readonly objectives: readonly Objective[];
  readonly constraints: readonly Constraint[];
  readonly select: SelectPolicy;
  readonly budget: Budget;
  /** What nights do with the spec; not a part of any sweep. */
  readonly nightly?: NightlySpec;
}
