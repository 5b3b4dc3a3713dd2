import { type LearningRateSchedule, warmUpOf } from '../../sweep/recovery.js';

/** What the learning rate of a step is multiplied with, by the steps taken before it. */
export type LearningRateFactor = (step: number) => number;

/**
 * The factor of a schedule, more than 0 and at most 1 where `step` does not grow it; in double precision.
 * Warm-up: (t + 1) / W over the first W steps (Goyal et al. 2017). `cosine` and `linear` fall over the T − W steps after it, with
 * p = (t − W) / (T − W): (1 + cos πp) / 2 (Loshchilov and Hutter 2017, without restarts), and 1 − p. `step`: factor^⌊t / every⌋, counted
 * from the start of the training.
 * @param epochs - epochs of the whole training, whether it ends early or not
 */
export function learningRateFactor(
  schedule: LearningRateSchedule,
  epochs: number,
  stepsPerEpoch: number,
): LearningRateFactor {
  const warm = Math.round(warmUpOf(schedule) * stepsPerEpoch);
  const rest = epochs * stepsPerEpoch - warm;
  const after = curveOf(schedule, stepsPerEpoch);
  return (step) => (step < warm ? (step + 1) / warm : after((step - warm) / rest, step));
}

/** The factor after the warm-up, by the part of the rest that is done, 0 to 1, and by the step. */
function curveOf(schedule: LearningRateSchedule, stepsPerEpoch: number): (progress: number, step: number) => number {
  if ('constant' in schedule) return () => 1;
  if ('cosine' in schedule) return (progress) => (1 + Math.cos(Math.PI * progress)) / 2;
  if ('linear' in schedule) return (progress) => 1 - progress;
  const { every, factor } = schedule.step;
  return (_progress, step) => factor ** Math.floor(step / (every * stepsPerEpoch));
}
