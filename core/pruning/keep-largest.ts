import { kthLargest } from './kth-largest.js';

/**
 * 0/1 for each score: 1 for the `count` largest. Of equal scores the first in memory stay, so that the count is exact even where all
 * are equal.
 */
export function keepLargest(scores: Float32Array, count: number): Uint8Array {
  const mask = new Uint8Array(scores.length);
  if (count >= scores.length) return mask.fill(1);
  const threshold = count > 0 ? kthLargest(scores, count) : Number.POSITIVE_INFINITY;
  let ties = count;
  for (let i = 0; i < scores.length; i++) if ((scores[i] as number) > threshold) ties--;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    if (score > threshold) mask[i] = 1;
    else if (score === threshold && ties > 0) {
      mask[i] = 1;
      ties--;
    }
  }
  return mask;
}
