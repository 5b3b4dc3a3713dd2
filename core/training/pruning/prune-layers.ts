import type { Tensor } from '@tensorflow/tfjs';
import type { TrainingSession } from '../training-session.js';
import type { PruningContext } from './pruning-context.js';

/** TEMPORARY. */
export async function pruneLayers(
  _session: TrainingSession,
  _context: PruningContext,
  _sparsity: number,
  _probe: Tensor,
): Promise<void> {
  throw new Error('not there yet');
}
