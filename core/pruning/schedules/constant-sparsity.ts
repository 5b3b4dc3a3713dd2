import { onRaster, type SparsitySchedule } from './schedule.js';

/** The target from the first update on (tfmot `ConstantSparsity`). `endStep` -1 never ends. */
export function constantSparsity(settings: {
  readonly targetSparsity: number;
  readonly beginStep: number;
  readonly endStep: number;
  readonly frequency: number;
}): SparsitySchedule {
  const { targetSparsity, beginStep, endStep, frequency } = settings;
  return {
    sparsityAt: () => Math.fround(targetSparsity),
    shouldPruneAt: (step) => onRaster(step, beginStep, endStep, frequency),
  };
}
