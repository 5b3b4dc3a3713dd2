import type { TrainingExtras, TrainingObjective } from './spec.js';

/** The parts of the objective that are asked for. */
export function objectiveOf({ classWeights, clip, penalty }: TrainingObjective): TrainingObjective {
  return {
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(clip === undefined ? {} : { clip }),
    ...(penalty === undefined ? {} : { penalty }),
  };
}

/** All that is asked for beside plain steps; keys of stages without any stay as they were before there was one. */
export function extrasOf(given: TrainingExtras): TrainingExtras {
  const { augment, precision } = given;
  return {
    ...objectiveOf(given),
    ...(augment === undefined ? {} : { augment }),
    ...(precision === undefined || precision === 'float32' ? {} : { precision }),
  };
}
