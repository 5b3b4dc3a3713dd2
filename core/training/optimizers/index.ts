import { learningRateOf, withLearningRate } from '../../sweep/learning-rate.js';
import type { OptimizerSpec } from '../../sweep/spec.js';
import { adam, adamW } from './adam.js';
import type { LearningRateFactor } from './learning-rate-factor.js';
import { withMovement } from './movement.js';
import type { Optimizer } from './optimizer.js';
import { rmsProp } from './rms-prop.js';
import { sgd } from './sgd.js';

/** What an optimizer has beside what a spec says of it. */
export interface OptimizerExtras {
  /** What its learning rate is multiplied with at each step; absent leaves it as it is. */
  readonly learningRateFactor?: LearningRateFactor | undefined;
  /** Whether it has one more slot, which adds up movement. */
  readonly tracksMovement?: boolean | undefined;
}

/** The optimizer that a spec names. */
export function createOptimizer(
  spec: OptimizerSpec,
  { learningRateFactor: factor, tracksMovement }: OptimizerExtras = {},
): Optimizer {
  const bare = optimizerOf(spec);
  const optimizer = tracksMovement === true ? withMovement(bare) : bare;
  if (factor === undefined) return optimizer;
  const rate = learningRateOf(spec);
  // A step's numbers are all that depends on the rate.
  return {
    ...optimizer,
    numbers: (step) => optimizerOf(withLearningRate(spec, rate * factor(step))).numbers(step),
  };
}

function optimizerOf(spec: OptimizerSpec): Optimizer {
  if ('adam' in spec) return adam(spec.adam);
  if ('adamW' in spec) return adamW(spec.adamW);
  if ('rmsProp' in spec) return rmsProp(spec.rmsProp);
  return sgd(spec.sgd);
}

export { type LearningRateFactor, learningRateFactor } from './learning-rate-factor.js';
export { movementOf } from './movement.js';
export type { Optimizer } from './optimizer.js';
