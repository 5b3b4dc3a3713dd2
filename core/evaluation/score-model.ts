import type { PreparedData } from '../datasets/prepare.js';
import { batchesOf, gatherBatch } from '../network/batches.js';
import type { Network } from '../network/network.js';
import type { Tf } from '../network/tensorflow.js';
import type { Score } from '../sweep/observation.js';

const SCORING_BATCH = 256;

/** Accuracy and mean cross-entropy of the network on the examples at `indices`. */
export function scoreModel(tf: Tf, network: Network, data: PreparedData, indices: Int32Array): Score {
  let correct = 0;
  let loss = 0;
  for (const batch of batchesOf(indices, SCORING_BATCH)) {
    tf.tidy(() => {
      const { x, y } = gatherBatch(tf, data, batch);
      const logits = network.forward(x, false).as2D(batch.length, data.classes);
      correct += logits.argMax(1).equal(y).sum().dataSync()[0] as number;
      loss += tf.logSoftmax(logits).mul(tf.oneHot(y, data.classes)).sum().neg().dataSync()[0] as number;
    });
  }
  return { accuracy: correct / indices.length, loss: loss / indices.length, examples: indices.length };
}
