import { type Loss, meanOfEntries } from './loss.js';

/** How near to 0 and 1 a probability counts as it is, as in Keras. */
const EPSILON = 1e-7;

/**
 * Cross-entropy of probabilities, in nats, the mean over an example's outputs: outputs of a sigmoid [n, ...shape], targets 0 to 1 of the
 * same shape. −z·log p − (1 − z)·log(1 − p), with p no nearer to 0 and 1 than 1e-7.
 */
export const binaryCrossEntropyOfProbabilities: Loss = {
  perExample: (tf, outputs, targets) =>
    meanOfEntries(tf, outputs, targets, (x, z) => {
      const p = x.clipByValue(EPSILON, 1 - EPSILON);
      const rest = p.neg().add(1);
      return {
        value: z.mul(p.log()).add(z.neg().add(1).mul(rest.log())).neg(),
        derivative: () => p.sub(z).div(p.mul(rest)),
      };
    }),
};
