import type { OptimizerSpec } from '../../../sweep/spec.js';
import { graphAdam, graphAdamW } from './adam.js';
import type { GraphOptimizer } from './graph-optimizer.js';
import { graphWithMovement } from './movement.js';
import { graphRmsProp } from './rms-prop.js';
import { graphSgd } from './sgd.js';

/** The optimizer that a spec names, in a graph; with one more slot where it tracks movement. */
export function createGraphOptimizer(spec: OptimizerSpec, tracksMovement = false): GraphOptimizer {
  return tracksMovement ? graphWithMovement(bareOptimizer(spec)) : bareOptimizer(spec);
}

function bareOptimizer(spec: OptimizerSpec): GraphOptimizer {
  if ('adam' in spec) return graphAdam(spec.adam);
  if ('adamW' in spec) return graphAdamW(spec.adamW);
  if ('rmsProp' in spec) return graphRmsProp(spec.rmsProp);
  return graphSgd(spec.sgd);
}

export type { GraphOptimizer } from './graph-optimizer.js';
