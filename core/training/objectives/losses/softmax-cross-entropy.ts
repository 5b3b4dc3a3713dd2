import type { Tensor1D } from '@tensorflow/tfjs';
import { nativeBackend } from '../../../network/native/backend.js';
import { nativeCrossEntropies, nativeCrossEntropy } from '../../../network/native/sparse-cross-entropy.js';
import { logSoftmax } from '../log-softmax.js';
import type { Loss } from './loss.js';

/** Cross-entropy of the softmax, in nats: outputs are logits [n, classes], targets the classes as int32 [n]. The default. */
export const softmaxCrossEntropy: Loss = {
  perExample(tf, outputs, targets) {
    const backend = nativeBackend(tf);
    if (backend !== null) return nativeCrossEntropies(tf, backend, outputs, targets as Tensor1D);
    return logSoftmax(tf, outputs)
      .mul(tf.oneHot(targets, outputs.shape[1] ?? 1))
      .sum(1)
      .neg();
  },
  mean(tf, outputs, targets) {
    const backend = nativeBackend(tf);
    if (backend !== null) return nativeCrossEntropy(tf, backend, outputs, targets as Tensor1D);
    return tf.losses.softmaxCrossEntropy(tf.oneHot(targets, outputs.shape[1] ?? 1), outputs).asScalar();
  },
};
