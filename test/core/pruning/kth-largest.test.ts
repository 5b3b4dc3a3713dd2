import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kthLargest } from '../../../core/pruning/kth-largest.js';

/** By sorting. */
function sorted(values: Float32Array, count: number): number {
  return Float32Array.from(values).sort()[values.length - count] ?? Number.NaN;
}

describe('the kth largest number', () => {
  it('given any numbers, then it is the one that sorting finds', () => {
    const numbers = fc.float32Array({ minLength: 1, maxLength: 60, noNaN: true });
    fc.assert(
      fc.property(numbers, fc.nat(), (values, any) => {
        const count = 1 + (any % values.length);
        expect(kthLargest(values, count)).toBe(sorted(values, count));
      }),
    );
  });

  it.each<[string, number[], number, number]>([
    ['equal ones', [2, 2, 2], 2, 2],
    ['infinities', [1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 1, Number.POSITIVE_INFINITY],
    ['zeros and less', [0, -1, -2, 0], 3, -1],
    ['what is no number, which is larger than all', [1, Number.NaN, 3], 2, 3],
    ['neighbours in the last bit', [1, 1 + 2 ** -23, 1 - 2 ** -24], 2, 1],
  ])('given %s, then it counts as sorting does', (_, values, count, expected) => {
    expect(kthLargest(Float32Array.from(values), count)).toBe(expected);
    expect(sorted(Float32Array.from(values), count)).toBe(expected);
  });

  it('given a part of a buffer, then only that part counts', () => {
    expect(kthLargest(Float32Array.from([9, 1, 2, 9]).subarray(1, 3), 1)).toBe(2);
  });
});
