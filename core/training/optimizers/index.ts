import type { OptimizerSpec } from '../../sweep/spec.js';
import { adam, adamW } from './adam.js';
import type { Optimizer } from './optimizer.js';
import { rmsProp } from './rms-prop.js';
import { sgd } from './sgd.js';

/** The optimizer that a spec names. */
export function createOptimizer(spec: OptimizerSpec): Optimizer {
  if ('adam' in spec) return adam(spec.adam);
  if ('adamW' in spec) return adamW(spec.adamW);
  if ('rmsProp' in spec) return rmsProp(spec.rmsProp);
  return sgd(spec.sgd);
}

export type { Optimizer } from './optimizer.js';
