import { onRaster, type SchedulePiece, type SparsitySchedule } from './schedule.js';
import { reaching, STEP_SETTINGS, stepsOf } from './steps.js';

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

/** The whole sparsity from its first step on, masks computed anew while it lasts. */
export const constant: SchedulePiece = {
  name: 'constant',
  summary: 'The whole sparsity from `beginStep` on.',
  source: 'tfmot 0.8.1 (ConstantSparsity)',
  settings: STEP_SETTINGS,
  resolve: (settings, { sparsity, totalSteps }) => {
    const steps = stepsOf(settings, totalSteps);
    return reaching(sparsity, steps.endStep, constantSparsity({ ...steps, targetSparsity: sparsity }));
  },
};
