import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveSchedule, roundSparsities } from '../../../core/pruning/schedules/index.js';
import type { StageSchedule } from '../../../core/sweep/stage.js';

type Gradual = Exclude<StageSchedule, { rigL: unknown }>;

const step = fc.integer({ min: 0, max: 400 });
const end = fc.option(fc.integer({ min: 1, max: 400 }), { nil: null });
const frequency = fc.integer({ min: 1, max: 60 });
const schedule: fc.Arbitrary<Gradual> = fc.oneof(
  fc.constant('oneShot' as const),
  fc.record({ constant: fc.record({ beginStep: step, endStep: end, frequency }) }),
  fc.record({
    polynomialDecay: fc.record({
      initialSparsity: fc.double({ min: 0, max: 0.5, noNaN: true }),
      beginStep: step,
      endStep: end,
      frequency,
      power: fc.integer({ min: 1, max: 5 }),
    }),
  }),
);

describe('schedules', () => {
  it('given any schedule and any number of steps, then its last update asks for exactly the target', () => {
    fc.assert(
      fc.property(
        schedule,
        fc.double({ min: 0.5, max: 0.99, noNaN: true }),
        fc.integer({ min: 0, max: 500 }),
        (each, target, steps) => {
          const resolved = resolveSchedule(each, target, steps);
          expect(resolved.shouldPruneAt(resolved.lastStep)).toBe(true);
          expect(resolved.sparsityAt(resolved.lastStep)).toBe(target);
          for (let later = resolved.lastStep + 1; later < resolved.lastStep + 70; later++)
            expect(resolved.shouldPruneAt(later)).toBe(false);
        },
      ),
    );
  });

  it('given a ramp, then its updates lie on the raster from its begin, never ask for more than the target and never for less than before', () => {
    const resolved = resolveSchedule(
      { polynomialDecay: { initialSparsity: 0.3, beginStep: 7, endStep: 100, frequency: 20, power: 3 } },
      0.9,
      200,
    );
    const updates = Array.from({ length: 200 }, (_, i) => i).filter((i) => resolved.shouldPruneAt(i));
    expect(updates).toEqual([7, 27, 47, 67, 87, 100]);
    const asked = updates.map((i) => resolved.sparsityAt(i));
    expect(asked[0]).toBeCloseTo(0.3, 6);
    expect(asked.at(-1)).toBe(0.9);
    expect([...asked].sort((a, b) => a - b)).toEqual(asked);
  });

  it('given no end, then the ramp takes two thirds of the steps that are left', () => {
    expect(resolveSchedule({ constant: { beginStep: 0, endStep: null, frequency: 10 } }, 0.5, 90).lastStep).toBe(60);
  });

  it('given rounds, then each prunes the same part of what is left and the last reaches the target', () => {
    const [first = 0, second = 0, third = 0] = roundSparsities(0.9, 3);
    expect(third).toBe(0.9);
    expect((1 - second) / (1 - first)).toBeCloseTo((1 - third) / (1 - second), 9);
    expect(roundSparsities(0.5, 1)).toEqual([0.5]);
  });
});
