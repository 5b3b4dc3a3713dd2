import { type Loss, meanOfEntries } from './loss.js';

/**
 * Huber's loss (1964), the mean over an example's outputs: e²/2 where the error is at most `delta`, and delta·|e| − delta²/2 beyond.
 * Outputs float32 [n, ...shape], targets of the same shape, or [n] for one output.
 */
export function huber(delta: number): Loss {
  return {
    perExample: (tf, outputs, targets) =>
      meanOfEntries(tf, outputs, targets, (x, z) => {
        const error = x.sub(z);
        const clipped = error.clipByValue(-delta, delta);
        // Both parts in one: c·(e − c/2).
        return { value: clipped.mul(error.sub(clipped.mul(0.5))), derivative: () => clipped };
      }),
  };
}
