import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelPlaces } from '../../../bench/evidence/label-places.js';

describe('places of labels', () => {
  it('are where they belong as long as there is room', () => {
    expect(labelPlaces([30, 0, 100], 10)).toEqual([30, 0, 100]);
  });

  it('are around the mean where there is none', () => {
    expect(labelPlaces([50, 50, 0], 10)).toEqual([45, 55, 0]);
  });

  it('always lie apart, in the order of what they belong to', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 12 }), (wanted) => {
        const places = labelPlaces(wanted, 14);
        const sorted = [...places].sort((a, b) => a - b);
        sorted.slice(1).forEach((place, i) => {
          expect(place - (sorted[i] ?? 0)).toBeGreaterThanOrEqual(14 - 1e-6);
        });
        wanted.forEach((own, i) => {
          wanted.forEach((other, j) => {
            if (own < other) expect(places[i]).toBeLessThan(places[j] ?? 0);
          });
        });
      }),
    );
  });
});
