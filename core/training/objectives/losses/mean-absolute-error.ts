import { type Loss, meanOfEntries } from './loss.js';

/** The absolute error, the mean over an example's outputs: outputs float32 [n, ...shape], targets of the same shape, or [n] for one output. */
export const meanAbsoluteError: Loss = {
  perExample: (tf, outputs, targets) =>
    meanOfEntries(tf, outputs, targets, (x, z) => ({
      value: x.sub(z).abs(),
      derivative: () => x.sub(z).sign(),
    })),
};
