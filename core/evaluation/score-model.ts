import type { PreparedData } from '../datasets/prepare.js';
import { gatherBatch } from '../network/batches.js';
import type { Network } from '../network/network.js';
import type { Tf } from '../network/tf.js';
import type { Score } from '../sweep/observation.js';
import { exampleScores, scoreOf } from './example-scores.js';

/** Accuracy and mean cross-entropy of the network on the examples at `indices`. */
export function scoreModel(tf: Tf, network: Network, data: PreparedData, indices: Int32Array): Score {
  return scoreOf(indices, (batch) =>
    tf.tidy(() => {
      const { x, y } = gatherBatch(tf, data, batch);
      const [found, losses] = exampleScores(tf, network, [x, y]);
      return [found.dataSync(), losses.dataSync()] as const;
    }),
  );
}
