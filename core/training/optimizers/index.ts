import { learningRateOf, withLearningRate } from '../../sweep/learning-rate.js';
import type { OptimizerSpec } from '../../sweep/spec.js';
import { adam, adamW } from './adam.js';
import type { LearningRateFactor } from './learning-rate-factor.js';
import type { Optimizer } from './optimizer.js';
import { rmsProp } from './rms-prop.js';
import { sgd } from './sgd.js';

/**
 * The optimizer that a spec names.
 * @param factor - what its learning rate is multiplied with at each step; without it the rate stays
 */
export function createOptimizer(spec: OptimizerSpec, factor?: LearningRateFactor): Optimizer {
  const optimizer = optimizerOf(spec);
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

export { type LearningRateFactor, learningRateFactor, warmUpOf } from './learning-rate-factor.js';
export type { Optimizer } from './optimizer.js';
