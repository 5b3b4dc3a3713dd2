import { ownMetrics } from './named-metrics.js';
import type { SweepSpec, TrainingExtras, TrainingObjective } from './spec.js';

/** The parts of the objective that are asked for. */
export function objectiveOf({
  task,
  loss,
  classWeights,
  clip,
  penalty,
  metrics,
}: TrainingObjective): TrainingObjective {
  return {
    ...(task === undefined ? {} : { task }),
    ...(loss === undefined || loss === 'softmaxCrossEntropy' ? {} : { loss }),
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(clip === undefined ? {} : { clip }),
    ...(penalty === undefined ? {} : { penalty }),
    ...(metrics === undefined || metrics.length === 0 ? {} : { metrics }),
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

/** What every training of a sweep has beside plain steps. */
export function sweepExtras(spec: SweepSpec): TrainingExtras {
  const { baseline, task } = spec;
  return extrasOf({ ...baseline, ...(task === undefined ? {} : { task }), metrics: ownMetrics(spec) });
}
