import { prunableKernels } from '../models/prunable.js';
import { weightMasks } from '../pruning/weight-masks.js';
import type { Method } from '../sweep/spec.js';
import type { TrainingSession } from './training-session.js';

/** Prunes single weights: new masks from the present magnitudes, put on weights and optimizer slots. */
export function pruneWeights(
  session: TrainingSession,
  method: Extract<Method, { granularity: 'weight' }>,
  sparsity: number,
): void {
  const { topology, weights } = session.state();
  const kernels = new Set(prunableKernels(topology).map(({ weight }) => weight));
  const layers = weights.filter(({ name }) => kernels.has(name));
  const { masks, floorHit } = weightMasks(layers, sparsity, method.scope);
  session.setMasks(
    masks,
    layers.filter(({ name }) => floorHit.has(name)).map(({ name }) => name.split('/')[0] ?? name),
  );
}
