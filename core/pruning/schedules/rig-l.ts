import { keepLargest } from '../keep-largest.js';

/** Fraction of the weights left that is exchanged at a step: α / 2 · (1 + cos(πt / T)), T being the step after which masks stay (Evci et al. 2020). */
export function rigLDropFraction(step: number, dropFraction: number, endStep: number): number {
  return step >= endStep ? 0 : (dropFraction / 2) * (1 + Math.cos((Math.PI * step) / endStep));
}

/**
 * Exchanges weights of one layer (RigL, Evci et al. 2020): of the weights left the ⌊count · fraction⌋ smallest are dropped, and as many are
 * grown where the gradients are largest among all that are not left then; a dropped one may come back. Of equal ones the first in memory
 * stay, or come.
 * @param weights - row-major, as are the others
 * @param mask - 0/1
 * @param gradients - of all weights, the pruned ones too
 * @returns the new mask, with as many ones
 */
export function dropAndGrow(
  weights: Float32Array,
  mask: Uint8Array,
  gradients: Float32Array,
  fraction: number,
): Uint8Array {
  const active = mask.reduce((sum, one) => sum + one, 0);
  const count = Math.floor(active * fraction);
  // Less than every absolute value.
  const never = -1;
  const stays = keepLargest(
    weights.map((weight, i) => (mask[i] === 1 ? Math.abs(weight) : never)),
    active - count,
  );
  const grows = keepLargest(
    gradients.map((gradient, i) => (stays[i] === 1 ? never : Math.abs(gradient))),
    count,
  );
  return stays.map((one, i) => one | (grows[i] ?? 0));
}
