import type { TrainingObjective } from './spec.js';

/** The parts of the objective that are asked for; keys of stages without any stay as they were before there was one. */
export function objectiveOf({ classWeights, clip, penalty }: TrainingObjective): TrainingObjective {
  return {
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(clip === undefined ? {} : { clip }),
    ...(penalty === undefined ? {} : { penalty }),
  };
}
