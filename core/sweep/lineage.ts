import type { CurvePoint } from './observation.js';
import type { StageOperation } from './stage.js';

/** One stage on the way from nothing to a candidate's model. */
export interface LineageStage {
  readonly key: string;
  readonly parent: string | null;
  readonly operation: StageOperation;
  readonly seed: number;
  /** Node and slot that ran it. */
  readonly ranOn: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** RFC 3339. */
  readonly finishedAt: string;
  /** Optimizer steps at which it went on from a checkpoint, because what ran it was lost. */
  readonly resumedAt: readonly number[];
  /** Validation accuracy at its end, 0 to 1. */
  readonly accuracy: number;
  /** Zeroed or removed fraction at its end, of the dense model's prunable weights or units. */
  readonly reachedSparsity: number;
  /** Bytes of its weights file after gzip. */
  readonly bytesGzip: number;
  /** Its training curve. */
  readonly curve: readonly CurvePoint[];
}
