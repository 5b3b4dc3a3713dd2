import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { nativeBackend } from '../network/native/backend.js';
import { nativeCrossEntropies } from '../network/native/sparse-cross-entropy.js';
import type { Network } from '../network/network.js';
import type { Tf } from '../network/tf.js';

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
