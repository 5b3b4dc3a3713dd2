import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuPlans, gpuPlans } from '../../../../core/training/calibration/trainer-plan.js';

const pairs = (cores: number): (number | null)[][] =>
  cpuPlans(cores).map(({ trainers, threads }) => [trainers, threads]);

describe('the plans for a CPU', () => {
  it.each([
    [1, [[1, 1]]],
    [
      2,
      [
        [1, 1],
        [1, 2],
        [2, 1],
      ],
    ],
    [
      6,
      [
        [1, 6],
        [3, 1],
        [3, 2],
        [6, 1],
      ],
    ],
    [
      8,
      [
        [1, 8],
        [2, 4],
        [4, 1],
        [4, 2],
        [8, 1],
      ],
    ],
  ])('given %d cores, then they are %j', (cores, plans) => {
    expect(pairs(cores)).toEqual(plans);
  });

  it('given any number of cores, then no plan has more threads than cores, none is there twice, and they are few', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 }), (cores) => {
        const plans = cpuPlans(cores);
        for (const { trainers, threads } of plans) expect(trainers * (threads ?? 0)).toBeLessThanOrEqual(cores);
        expect(new Set(pairs(cores).map(String)).size).toBe(plans.length);
        expect(plans.length).toBeLessThanOrEqual(Math.log2(cores) + 2);
        expect(pairs(cores)).toContainEqual([cores, 1]);
        expect(pairs(cores)).toContainEqual([1, cores]);
        expect(plans.map(({ trainers }) => trainers)).toEqual(
          plans.map(({ trainers }) => trainers).sort((a, b) => a - b),
        );
      }),
    );
  });
});

describe('the plans for a GPU', () => {
  it('given any, then they are one trainer to four, and threads are left to TensorFlow', () => {
    expect(gpuPlans()).toEqual([1, 2, 3, 4].map((trainers) => ({ trainers, threads: null })));
  });
});
