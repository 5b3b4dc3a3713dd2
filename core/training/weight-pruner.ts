import { modelParameters } from '../models/described-topology.js';
import { magnitude } from '../pruning/criteria/index.js';
import { weight } from '../pruning/granularities/weight.js';
import { kernelMasks } from '../pruning/kernel-masks.js';
import { SCOPES } from '../pruning/scopes/index.js';
import type { Method } from '../sweep/spec.js';
import type { TrainingSession } from './training-session.js';

/** Prunes single weights: new masks from the present magnitudes, put on weights and optimizer slots. */
export function pruneWeights(
  session: TrainingSession,
  method: Extract<Method, { granularity: 'weight' }>,
  sparsity: number,
): void {
  const { topology, weights, masks } = session.state();
  const values = new Map(weights.map(({ name, values }) => [name, values]));
  const kernels = modelParameters(topology)
    .filter(({ prunable }) => prunable)
    .map(({ node, fullName, shape, axes }) => {
      const mask = masks.get(fullName);
      return {
        layer: topology.nodes[node]?.name ?? '',
        weight: fullName,
        ...{ shape, axes, scores: magnitude(values.get(fullName) ?? new Float32Array()) },
        ...(mask === undefined ? {} : { mask }),
      };
    });
  const choices = { granularity: weight, granularitySettings: {}, scope: SCOPES.get(method.scope), scopeSettings: {} };
  const pruned = kernelMasks(kernels, choices, { sparsity, count: 'weights' });
  session.setMasks(pruned.masks, [...pruned.floorHit]);
}
