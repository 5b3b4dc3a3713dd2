import { describe, expect, it } from 'vitest';
import type { PlanMeasurement } from '../../../../core/training/calibration/choose.js';
import {
  gainOf,
  type HalvedMeasurement,
  LEAST_GAIN,
  prefersBfloat16,
} from '../../../../core/training/calibration/precision.js';

const of = (trainers: number, imagesPerSecond: number): PlanMeasurement => ({
  ...{ trainers, threads: 1, imagesPerSecond, memoryBytes: 1, largestTrainerBytes: 1, failure: null },
});
const measurements = [of(1, 500), of(2, 1000)];
const halved = (imagesPerSecond: number, changes: Partial<HalvedMeasurement> = {}): HalvedMeasurement => ({
  ...of(2, imagesPerSecond),
  ...{ eagerBecause: null, ...changes },
});

describe('the choice of a precision', () => {
  it.each([
    [400, 0.4, false],
    [1000, 1, false],
    [1099, 1.099, false],
    [1000 * LEAST_GAIN, LEAST_GAIN, true],
    [3000, 3, true],
  ])(
    'given 1000 images a second in float32 and %d in bfloat16, then the gain is %d: preferred %s',
    (rate, gain, is) => {
      const both = { measurements, halved: halved(rate) };
      expect(gainOf(both)).toBeCloseTo(gain, 12);
      expect(prefersBfloat16(both)).toBe(is);
    },
  );

  it.each<[string, Partial<HalvedMeasurement>]>([
    ['ran eagerly', { eagerBecause: 'two passes differ' }],
    ['did not come to its end', { failure: 'it ended' }],
    ['is of a plan that was not measured in float32', { threads: 7 }],
  ])('given a measurement in bfloat16 that %s, then there is no gain and no preference', (_, changes) => {
    const both = { measurements, halved: halved(9000, changes) };
    expect([gainOf(both), prefersBfloat16(both)]).toEqual([null, false]);
  });

  it('given none, as an older version kept it, then there is no preference', () => {
    expect([gainOf({ measurements }), prefersBfloat16({ measurements })]).toEqual([null, false]);
  });
});
