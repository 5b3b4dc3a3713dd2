import { type Loss, meanOfEntries } from './loss.js';

/** The squared error, the mean over an example's outputs: outputs float32 [n, ...shape], targets of the same shape, or [n] for one output. */
export const meanSquaredError: Loss = {
  perExample: (tf, outputs, targets) =>
    meanOfEntries(tf, outputs, targets, (x, z) => ({
      value: tf.squaredDifference(x, z),
      derivative: () => x.sub(z).mul(2),
    })),
};
