import type { OptimizerSpec } from '../../sweep/spec.js';
import { adam, adamW } from './adam.js';
import { withMovement } from './movement.js';
import type { Optimizer } from './optimizer.js';
import { rmsProp } from './rms-prop.js';
import { sgd } from './sgd.js';

/** The optimizer that a spec names; with one more slot where it tracks movement. */
export function createOptimizer(spec: OptimizerSpec, tracksMovement = false): Optimizer {
  return tracksMovement ? withMovement(bareOptimizer(spec)) : bareOptimizer(spec);
}

function bareOptimizer(spec: OptimizerSpec): Optimizer {
  if ('adam' in spec) return adam(spec.adam);
  if ('adamW' in spec) return adamW(spec.adamW);
  if ('rmsProp' in spec) return rmsProp(spec.rmsProp);
  return sgd(spec.sgd);
}

export { movementOf } from './movement.js';
export type { Optimizer } from './optimizer.js';
