import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascendingOrder } from '../../../core/pruning/float-order.js';

describe('the order of floats', () => {
  it('given any numbers with many equal ones, then it is that of sorting, the last of equal ones first', () => {
    const value = fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, 1, -1, Number.NEGATIVE_INFINITY));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), (given) => {
        const values = Float32Array.from(given, (each) => each + 0);
        const sorted = Array.from(values.keys()).sort((a, b) => {
          const [x = 0, y = 0] = [values[a], values[b]];
          return x === y ? b - a : x - y;
        });
        expect([...ascendingOrder(values)]).toEqual(sorted);
      }),
    );
  });

  it('given a part of a buffer, then only that part counts', () => {
    expect([...ascendingOrder(Float32Array.from([9, 3, 1, 2, 9]).subarray(1, 4))]).toEqual([1, 2, 0]);
  });
});
