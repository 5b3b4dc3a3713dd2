import { HALF, HALF_BITS, orderOf, SIGN } from './float-order.js';

/**
 * The `count`th largest of numbers, 1 being the largest; in linear time, where sorting hundreds of thousands of weights takes a tenth of a
 * second. NaN counts as larger than all.
 */
export function kthLargest(values: Float32Array, count: number): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const above = new Uint32Array(HALF);
  for (let i = 0; i < bits.length; i++) {
    const half = orderOf(bits[i] ?? 0) >>> HALF_BITS;
    above[half] = (above[half] ?? 0) + 1;
  }
  const high = rankIn(above, count);
  const below = new Uint32Array(HALF);
  for (let i = 0; i < bits.length; i++) {
    const order = orderOf(bits[i] ?? 0);
    if (order >>> HALF_BITS !== high.at) continue;
    const half = order & (HALF - 1);
    below[half] = (below[half] ?? 0) + 1;
  }
  const low = rankIn(below, high.left);
  const order = ((high.at << HALF_BITS) | low.at) >>> 0;
  const found = new Uint32Array([order >= SIGN ? order ^ SIGN : ~order]);
  return new Float32Array(found.buffer)[0] ?? Number.NaN;
}

/** The place in a histogram that the `count`th from its end falls into, and which of those in it that is. */
function rankIn(histogram: Uint32Array, count: number): { readonly at: number; readonly left: number } {
  let left = count;
  let at = HALF - 1;
  for (; at > 0 && (histogram[at] ?? 0) < left; at--) left -= histogram[at] ?? 0;
  return { at, left };
}
