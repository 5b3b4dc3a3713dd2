import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropAndGrow, rigLDropFraction } from '../../../core/pruning/schedules/rig-l.js';

const f32 = (...values: number[]): Float32Array => Float32Array.from(values);
const ones = (mask: Uint8Array): number => mask.reduce((sum, one) => sum + one, 0);

describe('RigL', () => {
  it('given a training, then the fraction falls along half a cosine to nothing', () => {
    expect([0, 25, 50, 75, 100, 200].map((step) => rigLDropFraction(step, 0.3, 100))).toEqual([
      0.3,
      expect.closeTo(0.15 * (1 + Math.SQRT1_2), 12),
      expect.closeTo(0.15, 12),
      expect.closeTo(0.15 * (1 - Math.SQRT1_2), 12),
      0,
      0,
    ]);
  });

  it.each([
    [
      'the smallest go and the largest gradients come',
      f32(4, -1, 2, 0, 0, 0),
      f32(0, 0, 0, 1, -5, 2),
      [1, 0, 1, 0, 1, 0],
    ],
    ['a dropped one may come back', f32(4, -1, 2, 0, 0, 0), f32(0, 9, 0, 1, -5, 2), [1, 1, 1, 0, 0, 0]],
    ['of equal ones the first stay and come', f32(1, 1, 1, 0, 0, 0), f32(0, 0, 0, 1, 1, 1), [1, 1, 0, 1, 0, 0]],
    ['gradients of what stays do not count', f32(4, -1, 2, 0, 0, 0), f32(9, 0, 9, 0, 0, 1), [1, 0, 1, 0, 0, 1]],
  ])('given a third of three weights to exchange, then %s', (_, weights, gradients, expected) => {
    expect([...dropAndGrow(weights, Uint8Array.of(1, 1, 1, 0, 0, 0), gradients, 0.34)]).toEqual(expected);
  });

  it('given any layer, then the number of weights stays, and what stays is larger than what goes for good', () => {
    const entry = fc.tuple(fc.float({ noNaN: true, min: -9, max: 9 }), fc.float({ noNaN: true, min: -9, max: 9 }));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(entry, fc.boolean()), { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (layer, fraction) => {
          const mask = Uint8Array.from(layer, ([, isLeft]) => Number(isLeft));
          const weights = Float32Array.from(layer, ([[weight]], i) => (mask[i] === 1 ? weight : 0));
          const gradients = Float32Array.from(layer, ([[, gradient]]) => gradient);
          const next = dropAndGrow(weights, mask, gradients, fraction);
          expect(ones(next)).toBe(ones(mask));
          const exchanged = next.reduce((sum, one, i) => sum + (one === 1 && mask[i] === 0 ? 1 : 0), 0);
          expect(exchanged).toBeLessThanOrEqual(Math.floor(ones(mask) * fraction));
          if (fraction === 0) expect(next).toEqual(mask);
        },
      ),
    );
  });
});
