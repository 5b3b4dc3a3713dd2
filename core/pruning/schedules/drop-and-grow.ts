import { keepLargest } from '../keep-largest.js';
import { GONE } from '../selection/gone.js';

/**
 * One update of RigL (Evci et al. 2020) of one kernel: of the weights that are kept the part with the smallest |w| is dropped, and as many
 * grow where the loss has the largest gradients, so that their number stays exactly. As in the authors' code, ⌊part · kept⌋ go, and what was
 * just dropped may grow again, with its weight; all else grows from zero, which masked weights are. Of equal ones the first in memory stay or
 * grow.
 * @param mask - 0/1 for each weight
 * @param gradients - of the loss with respect to all weights, masked ones too
 * @param fraction - part of the kept weights that is dropped, 0 to 1
 * @returns the new mask
 */
export function dropAndGrow(
  mask: Uint8Array,
  weights: Float32Array,
  gradients: Float32Array,
  fraction: number,
): Uint8Array {
  const kept = mask.reduce((sum, own) => sum + own, 0);
  const moved = Math.floor(Math.fround(kept * Math.fround(fraction)));
  const stay = keepLargest(
    weights.map((weight, i) => (mask[i] === 1 ? Math.abs(weight) : GONE)),
    kept - moved,
  );
  const grow = keepLargest(
    gradients.map((gradient, i) => (stay[i] === 1 ? GONE : Math.abs(gradient))),
    moved,
  );
  return stay.map((own, i) => own | (grow[i] ?? 0));
}
