import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Calibration, createObserver, requireRange } from '../../../../core/compression/quantization/observers.js';
import { createRandom } from '../../../../core/random.js';
import { errorOf } from '../../../support/errors.js';

const batches = fc.array(
  fc
    .array(fc.integer({ min: -7000, max: 7000 }), { minLength: 1, maxLength: 30 })
    .map((values) => Float32Array.from(values, (value) => value / 7)),
  { minLength: 1, maxLength: 5 },
);

function rangeOf(calibration: Calibration, observed: readonly Float32Array[]) {
  const observer = createObserver(calibration);
  for (const batch of observed) observer.observe(batch);
  return observer.range();
}

describe('observers', () => {
  it('given any batches, then minMax is the range of all', () => {
    fc.assert(
      fc.property(batches, (own) => {
        const all = own.flatMap((batch) => [...batch]);
        expect(rangeOf({ kind: 'minMax' }, own)).toEqual({ min: Math.min(...all), max: Math.max(...all) });
        expect(rangeOf({ kind: 'percentile', fraction: 1 }, own)).toEqual(rangeOf({ kind: 'minMax' }, own));
      }),
    );
  });

  it('given any batches and a fraction, then at least it lies within, in the range of all', () => {
    fc.assert(
      fc.property(batches, fc.double({ min: 0.5, max: 1, noNaN: true }), (own, fraction) => {
        const all = own.flatMap((batch) => [...batch]);
        const { min, max } = rangeOf({ kind: 'percentile', fraction }, own) ?? { min: 0, max: 0 };
        const within = all.filter((value) => value >= min && value <= max).length;
        expect(within).toBeGreaterThanOrEqual(fraction * all.length - 1e-9);
        expect(min).toBeGreaterThanOrEqual(Math.min(...all));
        expect(max).toBeLessThanOrEqual(Math.max(...all));
      }),
    );
  });

  it('given values with a few far outliers, then the percentile leaves those out', () => {
    const random = createRandom(1);
    const values = Float32Array.from({ length: 10_000 }, (_, i) => (i % 5000 === 7 ? 1e4 : random.next()));
    const { min, max } = rangeOf({ kind: 'percentile', fraction: 0.99 }, [values]) ?? { min: 0, max: 0 };
    // Bins are 8192 of twice the reach, 2¹⁴: of width 4.
    expect(min).toBe(Math.min(...values));
    expect(max).toBeLessThan(5);
  });

  it('given batches, then the moving average forgets', () => {
    const own = [Float32Array.of(-1, 4), Float32Array.of(-3, 2), Float32Array.of(0, 0)];
    expect(rangeOf({ kind: 'movingAverage', momentum: 0.5 }, own)).toEqual({ min: -1, max: 1.5 });
  });

  it('given no data, then it is an error that names the layer', async () => {
    const kinds = [
      { kind: 'minMax' },
      { kind: 'percentile', fraction: 0.9 },
      { kind: 'movingAverage', momentum: 0.9 },
    ] as const;
    for (const calibration of kinds) {
      const error = await errorOf('PRUNEFRONT_COMPRESSION', () => requireRange(createObserver(calibration), 'conv'));
      expect(error.facts.place).toBe('conv');
    }
  });
});
