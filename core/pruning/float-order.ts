/** Bits that one pass over floats looks at, and how many values they take. */
export const HALF_BITS = 16;
export const HALF = 1 << HALF_BITS;
/** The bit of the sign. */
export const SIGN = 0x8000_0000;

/** A whole number that is ordered as the float with these bits is. */
export function orderOf(bits: number): number {
  return (bits >= SIGN ? ~bits : bits ^ SIGN) >>> 0;
}

/**
 * Indices of numbers from the lowest to the highest, in linear time. Of equal numbers the last in memory comes first, so that the first
 * ones stay where the lowest go.
 */
export function ascendingOrder(values: Float32Array): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const backwards = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) backwards[i] = values.length - 1 - i;
  return sortedBy(sortedBy(backwards, bits, 0), bits, HALF_BITS);
}

/** The indices in the order of one half of their numbers' bits; those of equal halves stay in their order. */
function sortedBy(indices: Uint32Array, bits: Uint32Array, shift: number): Uint32Array {
  const next = new Uint32Array(HALF + 1);
  const halves = new Uint16Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const half = (orderOf(bits[indices[i] ?? 0] ?? 0) >>> shift) & (HALF - 1);
    halves[i] = half;
    next[half + 1] = (next[half + 1] ?? 0) + 1;
  }
  for (let half = 1; half < HALF; half++) next[half] = (next[half] ?? 0) + (next[half - 1] ?? 0);
  const sorted = new Uint32Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const half = halves[i] ?? 0;
    const at = next[half] ?? 0;
    sorted[at] = indices[i] ?? 0;
    next[half] = at + 1;
  }
  return sorted;
}
