import { epochOrder } from '../network/batches.js';
import { Network } from '../network/network.js';
import { Criteria } from './criteria/criteria.js';
import { within } from './profile/profile.js';
import type { TrainingSession } from './training-session.js';

/**
 * Estimates the moving statistics of every batch norm anew (EagleEye's adaptive batch norm, Li et al. 2020): the mean of the batches'
 * means and variances, each batch counting as many times as it has examples, with the weights as they are. Changes no other weight.
 * @param batches - training batches to look at; no more than an epoch has
 * @param epoch - whose order of examples is taken
 */
export async function reestimateBatchNorm(
  session: TrainingSession,
  batches: number,
  seed: number,
  epoch: number,
): Promise<void> {
  const { tf, data, batchSize, programs, activations } = session.settings;
  const { topology, weights } = session.state();
  const network = await Network.build(tf, topology, weights, activations);
  const criteria = new Criteria(tf, network, data, { batchSize, seed, compiled: programs !== null });
  try {
    if (network.movingStatistics.length === 0) return;
    const examples = epochOrder(data.train, seed, epoch).subarray(0, batches * batchSize);
    await within('batch norm', async () => session.writeWeights(criteria.batchStatistics(examples)), { batches });
    if (programs !== null) session.eagerBecause ??= criteria.eagerBecause('batchStatistics');
  } finally {
    criteria.dispose();
    network.dispose();
  }
}
