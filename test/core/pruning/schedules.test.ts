import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropAndGrow, resolveSchedule, roundSparsities, SCHEDULES } from '../../../core/pruning/schedules/index.js';
import { polynomialDecay } from '../../../core/pruning/schedules/polynomial-decay.js';
import { dropFraction } from '../../../core/pruning/schedules/rig-l.js';
import type { Choice } from '../../../core/registry/index.js';

const step = fc.integer({ min: 0, max: 400 });
const end = fc.option(fc.integer({ min: 1, max: 400 }), { nil: null });
const frequency = fc.integer({ min: 1, max: 60 });
const ramp = fc.record({
  initialSparsity: fc.double({ min: 0, max: 0.5, noNaN: true }),
  ...{ beginStep: step, endStep: end, frequency },
});
const RAMPS = ['linear', 'exponential', 'cosine'];
const schedule: fc.Arbitrary<Choice> = fc.oneof(
  fc.constant('oneShot'),
  fc.record({ constant: fc.record({ beginStep: step, endStep: end, frequency }) }),
  fc
    .tuple(ramp, fc.integer({ min: 1, max: 5 }))
    .map(([settings, power]) => ({ polynomialDecay: { ...settings, power } })),
  fc.tuple(fc.constantFrom(...RAMPS), ramp).map(([name, settings]) => ({ [name]: settings })),
  fc.record({
    rigL: fc.record({ dropFraction: fc.constant(0.3), endFraction: fc.constantFrom(0.1, 0.75, 1), frequency }),
  }),
);

describe('schedules', () => {
  it('given the registry, then it has those of the field', () => {
    const names = ['oneShot', 'constant', 'linear', 'polynomialDecay', 'exponential', 'cosine', 'rigL'];
    expect(SCHEDULES.names()).toEqual(names);
  });

  it('given any schedule, then sparsity never falls from one update to the next', () => {
    fc.assert(
      fc.property(
        schedule,
        fc.double({ min: 0.5, max: 0.99, noNaN: true }),
        fc.integer({ min: 1, max: 500 }),
        (each, target, steps) => {
          const resolved = resolveSchedule(each, target, steps);
          const updates = Array.from({ length: 500 }, (_, i) => i).filter((i) => resolved.shouldPruneAt(i));
          const asked = updates.map((i) => Math.fround(resolved.sparsityAt(i)));
          expect([...asked].sort((a, b) => a - b)).toEqual(asked);
        },
      ),
    );
  });

  it.each([
    ['linear', [0.2, 0.35, 0.5, 0.65, 0.8]],
    ['exponential', [0.2, 0.434315, 0.6, 0.717157, 0.8]],
    ['cosine', [0.2, 0.287868, 0.5, 0.712132, 0.8]],
  ])('given a %s ramp from 20 to 80 %%, then its quarters are %j', (name, expected) => {
    const settings = { initialSparsity: 0.2, beginStep: 10, endStep: 50, frequency: 10 };
    const resolved = resolveSchedule({ [name]: settings }, 0.8, 100);
    expected.forEach((sparsity, i) => {
      expect(resolved.shouldPruneAt(10 + 10 * i)).toBe(true);
      expect(resolved.sparsityAt(10 + 10 * i)).toBeCloseTo(sparsity, 6);
    });
    expect(resolved.sparsityAt(0)).toBeCloseTo(0.2, 6);
    expect(resolved.lastStep).toBe(50);
  });

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

  it('given a polynomial ramp of a single step, then it asks for the initial sparsity before it, and from it on for the final one', () => {
    const steps = { beginStep: 5, endStep: 5, frequency: 1 };
    const { sparsityAt } = polynomialDecay({ initialSparsity: 0.25, finalSparsity: 0.75, power: 3, ...steps });
    expect([4, 5, 6].map(sparsityAt)).toEqual([0.25, 0.75, 0.75]);
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

  it('given rounds at a fixed rate, then each prunes as much', () => {
    expect(roundSparsities(0.75, 3, 'fixed')).toEqual([0.25, 0.5, 0.75]);
  });
});

describe('RigL', () => {
  const resolved = resolveSchedule({ rigL: { dropFraction: 0.4, endFraction: 0.75, frequency: 10 } }, 0.9, 80);

  it('given a stage, then it is sparse from the first step on, and weights move up to three quarters of it, ever fewer', () => {
    expect(resolved.lastStep).toBe(0);
    expect(resolved.sparsityAt(0)).toBe(0.9);
    const moves = Array.from({ length: 80 }, (_, i) => i).filter((i) => resolved.regrowAt?.(i) !== null);
    expect(moves).toEqual([10, 20, 30, 40, 50]);
    expect(resolved.regrowAt?.(30)).toBeCloseTo(0.2, 9);
    const dropped = moves.map((i) => resolved.regrowAt?.(i) ?? 0);
    expect([...dropped].sort((a, b) => b - a)).toEqual(dropped);
    expect(dropFraction(0.3, 0, 60)).toBe(0.3);
    expect(dropFraction(0.3, 60, 60)).toBeCloseTo(0, 12);
  });

  it('given an update, then the smallest weights go, the largest gradients grow, and what was dropped can come back', () => {
    const mask = Uint8Array.from([1, 1, 1, 1, 0, 0, 0, 0]);
    const weights = Float32Array.from([-4, 1, 2, -3, 0, 0, 0, 0]);
    const grow = (gradients: number[], part: number): number[] => [
      ...dropAndGrow(mask, weights, Float32Array.from(gradients), part),
    ];
    expect(grow([0, 0, 0, 0, 1, -9, 5, 0], 0.5)).toEqual([1, 0, 0, 1, 0, 1, 1, 0]);
    expect(grow([0, 7, 0, 0, 1, -9, 5, 0], 0.5)).toEqual([1, 1, 0, 1, 0, 1, 0, 0]);
    expect(grow([9, 0, 0, 9, 1, 2, 0, 0], 0.49)).toEqual([1, 0, 1, 1, 0, 1, 0, 0]);
    expect(grow([9, 9, 9, 9, 9, 9, 9, 9], 0)).toEqual([...mask]);
    expect(grow([0, 0, 0, 0, 4, 3, 2, 1], 1)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  it('given any masks, weights and gradients, then as many weights stay as there were, the largest of them', () => {
    const value = fc.constantFrom(-2, -1, 0, 1, 2);
    const all = fc.array(fc.record({ on: fc.boolean(), weight: value, gradient: value }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(all, fc.double({ min: 0, max: 1, noNaN: true }), (all, part) => {
        const mask = Uint8Array.from(all, ({ on }) => (on ? 1 : 0));
        const weights = Float32Array.from(all, ({ on, weight }) => (on ? weight : 0));
        const grown = dropAndGrow(
          mask,
          weights,
          Float32Array.from(all, ({ gradient }) => gradient),
          part,
        );
        const count = (some: Uint8Array): number => some.reduce((sum, one) => sum + one, 0);
        expect(count(grown)).toBe(count(mask));
        const moved = Math.floor(Math.fround(count(mask) * Math.fround(part)));
        expect(count(grown.map((one, i) => one & (mask[i] ?? 0)))).toBeGreaterThanOrEqual(count(mask) - moved);
      }),
    );
  });
});
