import { type Loss, meanOfEntries } from './loss.js';

/**
 * Cross-entropy of the sigmoid, in nats, the mean over an example's outputs: outputs are logits [n, ...shape], targets 0 to 1 of the same
 * shape, or [n] for one output. Written so that no exponential overflows: max(x, 0) − x·z + log(1 + e^−|x|).
 */
export const binaryCrossEntropy: Loss = {
  perExample: (tf, outputs, targets) =>
    meanOfEntries(tf, outputs, targets, (x, z) => ({
      value: tf.relu(x).sub(x.mul(z)).add(x.abs().neg().exp().log1p()),
      derivative: () => tf.sigmoid(x).sub(z),
    })),
};
