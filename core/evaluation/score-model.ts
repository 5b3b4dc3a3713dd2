import type { PreparedData } from '../datasets/prepare.js';
import { batchesOf, gatherBatch } from '../network/batches.js';
import type { Network } from '../network/network.js';
import type { Tf } from '../network/tf.js';
import type { Score } from '../sweep/observation.js';
import { exampleScores } from './example-scores.js';

const SCORING_BATCH = 256;

/** Accuracy and mean cross-entropy of the network on the examples at `indices`. */
export function scoreModel(tf: Tf, network: Network, data: PreparedData, indices: Int32Array): Score {
  let correct = 0;
  let loss = 0;
  for (const batch of batchesOf(indices, SCORING_BATCH)) {
    tf.tidy(() => {
      const { x, y } = gatherBatch(tf, data, batch);
      const [found, losses] = exampleScores(tf, network, [x, y]);
      for (const value of found.dataSync()) correct += value;
      for (const value of losses.dataSync()) loss += value;
    });
  }
  return { accuracy: correct / indices.length, loss: loss / indices.length, examples: indices.length };
}
