import type { OptimizerSpec } from '../../sweep/spec.js';
import { adam } from './adam.js';
import type { Optimizer } from './optimizer.js';
import { sgd } from './sgd.js';

/** The optimizer that a spec names. */
export function createOptimizer(spec: OptimizerSpec): Optimizer {
  return 'adam' in spec ? adam(spec.adam) : sgd(spec.sgd);
}

export type { Optimizer } from './optimizer.js';
