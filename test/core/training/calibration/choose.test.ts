import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  choosePlan,
  hasFallen,
  isWithinMemory,
  type MemoryLimits,
  type PlanMeasurement,
  TIE,
  wouldExceedMemory,
} from '../../../../core/training/calibration/choose.js';

const LIMITS: MemoryLimits = { trainerBytes: 100, totalBytes: 300 };

function measured(trainers: number, threads: number | null, changes: Partial<PlanMeasurement> = {}): PlanMeasurement {
  return {
    ...{ trainers, threads, imagesPerSecond: 1000 * trainers, memoryBytes: 50 * trainers, largestTrainerBytes: 50 },
    ...{ failure: null, ...changes },
  };
}

const anyMeasurement: fc.Arbitrary<PlanMeasurement> = fc.record({
  trainers: fc.integer({ min: 1, max: 64 }),
  threads: fc.option(fc.integer({ min: 1, max: 64 })),
  imagesPerSecond: fc.double({ min: 1, max: 1e6, noNaN: true }),
  memoryBytes: fc.integer({ min: 0, max: 600 }),
  largestTrainerBytes: fc.integer({ min: 0, max: 200 }),
  failure: fc.option(fc.constant('it ended')),
});

describe('the choice from measurements', () => {
  it('given any measurements, then it is within memory and none within memory gives over 3 % more', () => {
    fc.assert(
      fc.property(fc.array(anyMeasurement), (measurements) => {
        const fitting = measurements.filter((each) => isWithinMemory(each, LIMITS));
        const chosen = choosePlan(measurements, LIMITS);
        if (chosen === null) {
          expect(fitting).toEqual([]);
          return;
        }
        expect(fitting).toContain(chosen);
        for (const { imagesPerSecond } of fitting)
          expect(imagesPerSecond).toBeLessThanOrEqual(chosen.imagesPerSecond * (1 + TIE) * (1 + 1e-12));
        for (const each of fitting)
          if (each.imagesPerSecond >= chosen.imagesPerSecond)
            expect(each.trainers).toBeGreaterThanOrEqual(chosen.trainers);
      }),
    );
  });

  it('given more images a second by more trainers, then it is those', () => {
    expect(choosePlan([measured(1, 2), measured(2, 1)], LIMITS)).toMatchObject({ trainers: 2, threads: 1 });
  });

  it.each([
    [1029, 1],
    [1031, 2],
  ])('given 1000 by one trainer and %d by two, then it is %d', (imagesPerSecond, trainers) => {
    const plans = [measured(2, 1, { imagesPerSecond }), measured(1, 2, { imagesPerSecond: 1000 })];
    expect(choosePlan(plans, LIMITS)?.trainers).toBe(trainers);
  });

  it('given a tie of equal numbers of trainers, then it is that of fewest threads', () => {
    const plans = [measured(1, 4), measured(1, 2, { imagesPerSecond: 990 }), measured(1, null, { imagesPerSecond: 1 })];
    expect(choosePlan(plans, LIMITS)?.threads).toBe(2);
  });

  it.each([
    ['all its trainers take too much', { memoryBytes: 301 }],
    ['one of its trainers takes too much', { largestTrainerBytes: 101 }],
    ['it did not come to its end', { failure: 'it ended' }],
  ])('given that %s, then the fastest is not taken', (_, changes) => {
    expect(choosePlan([measured(1, 1), measured(4, 1, changes)], LIMITS)?.trainers).toBe(1);
    expect(choosePlan([measured(4, 1, changes)], LIMITS)).toBe(null);
  });

  it('given nothing, then nothing is chosen', () => {
    expect(choosePlan([], LIMITS)).toBe(null);
  });
});

describe('a plan that is not even tried', () => {
  it.each([
    [6, false],
    [7, true],
  ])('given trainers of 50 bytes each and 300 in all, when it has %d, then it is so: %s', (trainers, expected) => {
    expect(wouldExceedMemory({ trainers, threads: 1 }, measured(2, 1), LIMITS)).toBe(expected);
  });

  it('given nothing measured yet, then it is tried', () => {
    expect(wouldExceedMemory({ trainers: 99, threads: 1 }, undefined, LIMITS)).toBe(false);
  });
});

describe('the end on a GPU', () => {
  it.each([
    [[], false],
    [[1000], false],
    [[1000, 1500], false],
    [[1000, 1500, 1499], true],
  ])('given totals of %j, then it has come: %s', (totals, expected) => {
    expect(hasFallen(totals.map((imagesPerSecond, i) => measured(i + 1, null, { imagesPerSecond })))).toBe(expected);
  });

  it('given a number of trainers that did not run, then it has come', () => {
    expect(hasFallen([measured(1, null), measured(2, null, { failure: 'out of memory' })])).toBe(true);
  });
});
