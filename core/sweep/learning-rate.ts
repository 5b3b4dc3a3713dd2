import type { OptimizerSpec } from './spec.js';

/** The learning rate of an optimizer. */
export function learningRateOf(optimizer: OptimizerSpec): number {
  if ('adam' in optimizer) return optimizer.adam.learningRate;
  if ('adamW' in optimizer) return optimizer.adamW.learningRate;
  if ('rmsProp' in optimizer) return optimizer.rmsProp.learningRate;
  return optimizer.sgd.learningRate;
}

/** The same optimizer with another learning rate. */
export function withLearningRate(optimizer: OptimizerSpec, learningRate: number): OptimizerSpec {
  if ('adam' in optimizer) return { adam: { ...optimizer.adam, learningRate } };
  if ('adamW' in optimizer) return { adamW: { ...optimizer.adamW, learningRate } };
  if ('rmsProp' in optimizer) return { rmsProp: { ...optimizer.rmsProp, learningRate } };
  return { sgd: { ...optimizer.sgd, learningRate } };
}
