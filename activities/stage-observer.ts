import type { ErrorCode } from '../core/errors.js';
import { nameOf } from '../core/registry/index.js';
import { describeMethod } from '../core/sweep/describe-method.js';
import type { EngineUsed } from '../core/sweep/observation.js';
import type { RunStageInput } from '../core/sweep/progress.js';
import type { StageOperation, StageProgress } from '../core/sweep/stage.js';

/** How a stage left a node. */
export interface StageEnd {
  readonly outcome: 'done' | 'reused' | 'failed' | 'cancelled' | 'handed_over';
  /** Code of a failure's cause; null without one. */
  readonly cause: ErrorCode | null;
  /** Sparsity that it reached; null where it ended without a result of its own. */
  readonly sparsity: number | null;
  /** What it ran on; null where it ended without a result of its own, or that does not say. */
  readonly engine: EngineUsed['kind'] | null;
}

/** Who hears what becomes of the stages of a node: for its record and its metrics. */
export interface StageObserver {
  /** @param queuedMs - how long it waited in its task queue */
  took(input: RunStageInput, queuedMs: number): void;
  /** @param resumes - whether it goes on from a checkpoint */
  started(input: RunStageInput, slot: number, resumes: boolean): void;
  progressed(input: RunStageInput, slot: number, progress: StageProgress): void;
  /** @param slot - null where it never got one */
  ended(input: RunStageInput, slot: number | null, end: StageEnd): void;
}

/** What a stage does in few words, of which there are few: a pruning method, a compression, or else the kind of its operation. */
export function methodOf(operation: StageOperation): string {
  if (operation.kind === 'compress') return nameOf(operation.piece);
  return operation.kind === 'prune' ? describeMethod(operation.method) : operation.kind;
}
