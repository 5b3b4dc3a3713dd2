import type { Tensor } from '@tensorflow/tfjs';
import { granularityOf } from '../../pruning/method.js';
import type { TrainingSession } from '../training-session.js';
import { pruneLayers } from './prune-layers.js';
import { pruneMasks } from './prune-masks.js';
import { pruneUnits } from './prune-units.js';
import type { PruningContext } from './pruning-context.js';

/**
 * Prunes the session's model by its method until the sparsity is met.
 * @param probe - gives inputs [n, ...shape] on which a smaller model is proven
 * @throws PrunefrontError as `pruneMasks`, `pruneUnits` and `pruneLayers`
 */
export async function pruneModel(
  session: TrainingSession,
  context: PruningContext,
  sparsity: number,
  probe: () => Tensor,
): Promise<void> {
  const granularity = granularityOf(context.method);
  switch (granularity.kind) {
    case 'mask':
      return pruneMasks(session, context, granularity, sparsity);
    case 'units':
      return pruneUnits(session, context, granularity, sparsity, probe());
    case 'layers':
      return pruneLayers(session, context, sparsity, probe());
  }
}
