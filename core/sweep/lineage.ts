import type { CurvePoint } from './observation.js';
import type { StageOperation } from './stage.js';
import type { Quality } from './task.js';

/** One stage on the way from nothing to a candidate's model, with the metrics of the task on validation at its end. */
export interface LineageStage extends Quality {
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
  /** Zeroed or removed fraction at its end, of the dense model's prunable weights or units. */
  readonly reachedSparsity: number;
  /** Bytes of its weights file after gzip. */
  readonly bytesGzip: number;
  /** Its training curve. */
  readonly curve: readonly CurvePoint[];
}
