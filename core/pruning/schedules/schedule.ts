/** How sparsity grows over optimizer steps. A frozen value; steps count from 0. */
export interface SparsitySchedule {
  /** Sparsity that the schedule asks for at a step, 0 to 1, in float32 as tfmot computes it. */
  sparsityAt(step: number): number;
  /** Whether masks are computed anew before a step. */
  shouldPruneAt(step: number): boolean;
}

/** Whether a step lies in [begin, end] and on the raster of the frequency; an end of -1 is never (tfmot `_should_prune_in_step`). */
export function onRaster(step: number, beginStep: number, endStep: number, frequency: number): boolean {
  if (step < beginStep || (endStep >= 0 && step > endStep)) return false;
  return (step - beginStep) % frequency === 0;
}
