import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { batchesOf } from '../network/batches.js';
import { nativeBackend } from '../network/native/backend.js';
import { nativeCrossEntropies } from '../network/native/sparse-cross-entropy.js';
import type { Network } from '../network/network.js';
import type { Tf } from '../network/tf.js';
import type { Score } from '../sweep/observation.js';

/** How each example of a batch was judged: 1 where the label was found and 0 where not, and its cross-entropy; both float32 [n]. */
export function exampleScores(tf: Tf, network: Network, [x, y]: readonly Tensor[]): [correct: Tensor, losses: Tensor] {
  const labels = y as Tensor1D;
  const logits = network.forward(x as Tensor, null);
  const correct = logits.argMax(1).equal(labels).cast('float32');
  const backend = nativeBackend(tf);
  const losses =
    backend === null
      ? tf
          .logSoftmax(logits)
          .mul(tf.oneHot(labels, logits.shape[1] ?? 1))
          .sum(1)
          .neg()
      : nativeCrossEntropies(tf, backend, logits, labels);
  return [correct, losses];
}

/** Examples that are judged at once. */
export const SCORING_BATCH = 256;

/**
 * Accuracy and mean cross-entropy on the examples at `indices`, added up in double precision.
 * @param judge - `exampleScores` of a batch; what comes after its examples isn't counted. `next` is the batch after it, or null
 */
export function scoreOf(
  indices: Int32Array,
  judge: (
    batch: Int32Array,
    next: Int32Array | null,
  ) => readonly [correct: ArrayLike<number>, losses: ArrayLike<number>],
): Score {
  let correct = 0;
  let loss = 0;
  const batches = [...batchesOf(indices, SCORING_BATCH)];
  for (const [k, batch] of batches.entries()) {
    const [found, losses] = judge(batch, batches[k + 1] ?? null);
    for (let i = 0; i < batch.length; i++) {
      correct += found[i] ?? 0;
      loss += losses[i] ?? 0;
    }
  }
  return { accuracy: correct / indices.length, loss: loss / indices.length, examples: indices.length };
}
