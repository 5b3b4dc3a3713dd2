import type { Piece, Settings } from '../../registry/index.js';

/** How sparsity grows over optimizer steps. A frozen value; steps count from 0. */
export interface SparsitySchedule {
  /** Sparsity that the schedule asks for at a step, 0 to 1, in float32 as tfmot computes it. */
  sparsityAt(step: number): number;
  /** Whether masks are computed anew before a step. */
  shouldPruneAt(step: number): boolean;
}

/** A schedule with a last update, at which the target is reached exactly. */
export interface ResolvedSchedule extends SparsitySchedule {
  /** The step before which masks are computed for the last time in any case. */
  readonly lastStep: number;
  /** Part of what is kept that is dropped and grown elsewhere before a step, or null; absent where nothing ever grows back. */
  regrowAt?(step: number): number | null;
}

/** What a stage asks of its schedule. */
export interface ScheduleGoal {
  /** At the end, 0 to 1. */
  readonly sparsity: number;
  /** Optimizer steps of the stage. */
  readonly totalSteps: number;
}

/** How sparsity grows within a stage. */
export interface SchedulePiece extends Piece {
  readonly resolve: (settings: Settings, goal: ScheduleGoal) => ResolvedSchedule;
}

/** Whether a step lies in [begin, end] and on the raster of the frequency; an end of -1 is never (tfmot `_should_prune_in_step`). */
export function onRaster(step: number, beginStep: number, endStep: number, frequency: number): boolean {
  if (step < beginStep || (endStep >= 0 && step > endStep)) return false;
  return (step - beginStep) % frequency === 0;
}
