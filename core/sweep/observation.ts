import type { ErrorData } from '../errors.js';
import type { Stage } from './stage.js';
import { mainScore, type Quality, qualityOf, taskOf } from './task.js';

/** Milliseconds of one forward pass with its result read back, after warm-up, on the device that the observation names. */
export interface Latency {
  /** Examples in the batch. */
  readonly batchSize: number;
  /** Median, in milliseconds. */
  readonly p50: number;
  /** 95th percentile, in milliseconds. */
  readonly p95: number;
  /** Passes that were timed. */
  readonly runs: number;
}

/** A score on one split: the metrics of the task, as `Quality` has them, and what every task has. */
export interface Score extends Quality {
  /** Mean loss: cross-entropy, or that of the task. */
  readonly loss: number;
  /** Examples in the split. */
  readonly examples: number;
  /** Further metrics that the spec names, those of plugins too, by name; absent where it names none. */
  readonly own?: Readonly<Record<string, number>>;
}

/** One layer whose kernel can be pruned. */
export interface LayerSparsity {
  /** Name of the layer. */
  readonly layer: string;
  /** Weights of its kernel, zeros included. */
  readonly parameters: number;
  /** Weights of its kernel that are not zero. */
  readonly nonzero: number;
  /** Filters, neurons or recurrent units that it has. */
  readonly units: number;
  /** Filters, neurons or recurrent units that it had in the dense model; of a layer that a factorization made, those that it was made with. */
  readonly baselineUnits: number;
  /** True where pruning stopped at the layer's floor so that the network stays connected. */
  readonly floorHit: boolean;
}

/** What pruning a layer alone costs, from a sensitivity scan. */
export interface LayerSensitivity {
  /** The kernel (`conv2d/kernel`), the group of layers (by its first one) or the block (by its last one) that was pruned alone. */
  readonly layer: string;
  /** Fraction of it that was pruned, and what of the task's main metric on validation this cost without any retraining. */
  readonly curve: readonly { readonly sparsity: number; readonly drop: number }[];
}

/** By layer: pairs of the baseline's units of which the first was removed and the second took over its part. */
export type MergedUnits = Readonly<Record<string, readonly (readonly [number, number])[]>>;

/** One point of the training curve. */
export interface CurvePoint {
  /** Optimizer step, from the start of the stage. */
  readonly step: number;
  /** Epochs done at this step; a fraction within an epoch. */
  readonly epoch: number;
  /** Mean training loss since the start of the epoch. */
  readonly loss: number;
  /** Sparsity at this step. */
  readonly sparsity: number;
  /** Validation accuracy, where it was measured (end of an epoch); null for a task other than classification. */
  readonly validationAccuracy: number | null;
  /** R² or PSNR on validation, where it was measured; absent for classification. */
  readonly validationScore?: number;
}

/** How a training went that may end early. */
export interface EarlyStopped {
  /** Epochs that ran. */
  readonly epochs: number;
  /** The one of them, from 1, whose weights were kept. */
  readonly bestEpoch: number;
}

/** How training and scoring ran: as compiled programs, or operation by operation, and why. */
export type EngineUsed =
  | { readonly kind: 'compiled'; readonly precision: 'float32' | 'bfloat16' }
  | { readonly kind: 'eager'; readonly because: string };

/** What was measured of a stage's model. Every number is what its name says and was measured; bytes are of the weights file. */
export interface Observation {
  /** On validation, after recovery; in cross-validation the mean over the folds, whose examples are counted together. */
  readonly validation: Score;
  /** On the validation split of each fold, after recovery; only in cross-validation. All numbers but scores are of the first fold's model. */
  readonly folds?: readonly Score[];
  /** On validation, at the moment when pruning reached its target, before what is left of the training; null for the dense model. */
  readonly afterPruning: Score | null;
  /** On test; null but for the dense model and the members of the front. */
  readonly test: Score | null;
  /** Fraction that the stage was asked to prune. */
  readonly requestedSparsity: number;
  /** Zeroed or removed fraction of the dense model's prunable weights or units. */
  readonly reachedSparsity: number;
  /** Stored parameters, zeros included. */
  readonly parameters: number;
  /** Parameters that are not zero. */
  readonly nonzeroParameters: number;
  /** Multiply-accumulates of the dense shape for one example, zeros included. */
  readonly macs: number;
  /** Multiply-accumulates that nonzero weights need for one example; only a sparse kernel would save the rest. */
  readonly nonzeroMacs: number;
  /** Bytes of the weights file as it is: four for each parameter. */
  readonly bytesDense: number;
  /** Bytes of the weights file after gzip at level 9. */
  readonly bytesGzip: number;
  /** Bytes in a sparse encoding: for each tensor a bitmap and its nonzero values, or all values where that is less. Counted, not written. */
  readonly bytesSparse: number;
  /** Bytes of the really encoded container (`model.pfc`), which loads back bit for bit to the weights that were evaluated; missing in records of before there was one. */
  readonly bytesEncoded?: number;
  /** What compressions did and left, a line each; missing where there were none. */
  readonly compression?: readonly string[];
  /** At batch 1. */
  readonly latency: Latency;
  /** At the batch size of training. */
  readonly batchLatency: Latency;
  /** Largest absolute difference of the smaller model's outputs on the probe batch; null where nothing was removed. */
  readonly surgeryDifference: number | null;
  /** Every layer that can be pruned. */
  readonly layers: readonly LayerSparsity[];
  /** Layers that were removed whole; missing where none was. */
  readonly removedLayers?: readonly string[];
  /** Removed units that another one took over; all others were only removed. Missing where there are none. */
  readonly mergedUnits?: MergedUnits;
  /** What a sensitivity scan found; only where this was one. */
  readonly sensitivity?: readonly LayerSensitivity[];
  /** The training curve of the stage. */
  readonly curve: readonly CurvePoint[];
  /** Epochs that ran and the one that was kept; missing where the training may not end early. */
  readonly earlyStop?: EarlyStopped;
  /**
   * Seconds of trainers for the stages that make this model from the dense one, this stage included; for the dense model its own.
   * A stage that candidates share counts for each of them. Resumed work counts as far as it was kept.
   */
  readonly deviceSeconds: number;
  /** What computed: `TensorFlow CPU` or `TensorFlow GPU`. */
  readonly device: string;
  /** `{ kind: 'compiled', precision }` (of convolutions and matrix products in training), or `{ kind: 'eager', because }` where some part of the stage could not be compiled; missing in records of before there was a choice. */
  readonly engine?: EngineUsed;
  /** Versions of Node, TensorFlow and tfjs. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The stored record of a finished stage, under its stage key. */
export interface StageRecord {
  readonly stage: Stage;
  readonly observation: Observation;
  /** Blob key of the state that children start from (dense shape of this stage, masks, kept units). */
  readonly state: string;
  /** Blob keys of the exported LayersModel, `model.json` and its weight file, and of the container, which records of before there was one lack. */
  readonly model: { readonly topology: string; readonly weights: string; readonly container?: string };
  /** Blob keys of the weights kept for rewinding, by epoch; only on the baseline. */
  readonly rewindStates: Readonly<Record<string, string>>;
  /** Optimizer steps at which the training went on from a checkpoint, because what ran it was lost; empty where nothing was. */
  readonly resumedAt: readonly number[];
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Node and slot that ran it. */
  readonly ranOn: string;
}

/** The numbers of an observation that workflows, the CLI and the front need; small enough for a payload. */
export interface ObservationSummary
  extends Quality,
    Pick<
      Observation,
      | 'requestedSparsity'
      | 'reachedSparsity'
      | 'parameters'
      | 'nonzeroParameters'
      | 'macs'
      | 'nonzeroMacs'
      | 'bytesDense'
      | 'bytesGzip'
      | 'bytesSparse'
      | 'bytesEncoded'
      | 'deviceSeconds'
    > {
  readonly loss: number;
  /** Further metrics that the spec names, by name, on validation; absent where there are none. */
  readonly own?: Readonly<Record<string, number>>;
  readonly testAccuracy: number | null;
  readonly afterPruningAccuracy: number | null;
  /** R² or PSNR on test; absent for classification, and where it was not measured. */
  readonly testScore?: number;
  /** R² or PSNR right after pruning; absent for classification, and where it was not measured. */
  readonly afterPruningScore?: number;
  readonly latencyP50: number;
  readonly latencyP95: number;
  readonly batchLatencyP50: number;
  readonly batchLatencyP95: number;
}

/** How a candidate ended. */
export type CandidateOutcome =
  | {
      readonly id: string;
      readonly label: string;
      readonly status: 'ok';
      readonly stageKey: string;
      readonly summary: ObservationSummary;
    }
  | {
      readonly id: string;
      readonly label: string;
      readonly status: 'failed';
      readonly stageKey: string;
      readonly cause: ErrorData;
    };

/** The result of a stage activity: keys and small numbers, never tensors. */
export interface StageResult {
  readonly stageKey: string;
  readonly summary: ObservationSummary;
  /** True where the record was in the store already and nothing was trained. */
  readonly reused: boolean;
}

/** The summary of an observation. */
export function summarize(o: Observation): ObservationSummary {
  return {
    ...qualityOf(o.validation),
    loss: o.validation.loss,
    ...(o.validation.own === undefined ? {} : { own: o.validation.own }),
    testAccuracy: o.test?.accuracy ?? null,
    afterPruningAccuracy: o.afterPruning?.accuracy ?? null,
    ...scoreOf('testScore', o.test),
    ...scoreOf('afterPruningScore', o.afterPruning),
    requestedSparsity: o.requestedSparsity,
    reachedSparsity: o.reachedSparsity,
    parameters: o.parameters,
    nonzeroParameters: o.nonzeroParameters,
    macs: o.macs,
    nonzeroMacs: o.nonzeroMacs,
    bytesDense: o.bytesDense,
    bytesGzip: o.bytesGzip,
    bytesSparse: o.bytesSparse,
    ...(o.bytesEncoded === undefined ? {} : { bytesEncoded: o.bytesEncoded }),
    latencyP50: o.latency.p50,
    latencyP95: o.latency.p95,
    batchLatencyP50: o.batchLatency.p50,
    batchLatencyP95: o.batchLatency.p95,
    deviceSeconds: o.deviceSeconds,
  };
}

/** The main metric of a score under a name, where the task is not classification. */
function scoreOf<Name extends string>(name: Name, score: Score | null): { readonly [Key in Name]?: number } {
  if (score === null || taskOf(score) === 'classification') return {};
  return { [name]: mainScore(score) } as { readonly [Key in Name]?: number };
}
