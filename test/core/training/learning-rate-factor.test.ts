import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOptimizer, learningRateFactor } from '../../../core/training/optimizers/index.js';
import { OPTIMIZERS } from '../../support/engines.js';

const warmup = fc.integer({ min: 0, max: 3 });

describe('the factor of a learning rate', () => {
  it.each([
    ['constant', { constant: { warmup: 0 } }, [1, 1, 1, 1, 1, 1, 1, 1]],
    ['a constant with a warm-up of an epoch', { constant: { warmup: 1 } }, [0.5, 1, 1, 1, 1, 1, 1, 1]],
    ['linear', { linear: { warmup: 0 } }, [1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125]],
    ['linear after half an epoch', { linear: { warmup: 0.5 } }, [1, 1, 6 / 7, 5 / 7, 4 / 7, 3 / 7, 2 / 7, 1 / 7]],
    [
      'cosine',
      { cosine: { warmup: 0 } },
      [1, 0.9619397662556434, 0.8535533905932737, 0.6913417161825449, 0.5, 0.3086582838174551, 0.1464466094067262],
    ],
    ['steps of an epoch', { step: { every: 1, factor: 0.1, warmup: 0 } }, [1, 1, 0.1, 0.1, 0.01, 0.01, 0.001, 0.001]],
    ['steps of two epochs, warm', { step: { every: 2, factor: 0.5, warmup: 1 } }, [0.5, 1, 1, 1, 0.5, 0.5, 0.5, 0.5]],
  ] as const)('given %s over four epochs of two steps, then it is what the formula says', (_, schedule, expected) => {
    const factor = learningRateFactor(schedule, 4, 2);
    expected.forEach((value, step) => {
      expect(factor(step)).toBeCloseTo(value, 12);
    });
  });

  it('given any cosine or linear fall, then it rises through the warm-up, falls after it, and is never 0', () => {
    fc.assert(
      fc.property(warmup, fc.integer({ min: 4, max: 20 }), fc.integer({ min: 1, max: 9 }), (warm, epochs, perEpoch) => {
        for (const schedule of [{ cosine: { warmup: warm } }, { linear: { warmup: warm } }]) {
          const factor = learningRateFactor(schedule, epochs, perEpoch);
          const factors = Array.from({ length: epochs * perEpoch }, (_, step) => factor(step));
          const top = Math.max(0, warm * perEpoch - 1);
          expect(factors[top]).toBe(1);
          factors.forEach((value, step) => {
            const next = factors[step + 1] ?? (step < top ? 1 : 0);
            expect(value > 0 && value <= 1).toBe(true);
            expect(step < top ? next > value : next <= value).toBe(true);
          });
        }
      }),
    );
  });

  it.each(Object.entries(OPTIMIZERS))('given %s, then its numbers are those of the rate of the step', (_, spec) => {
    const plain = createOptimizer(spec);
    const [[kind, settings] = ['', { learningRate: 0 }]] = Object.entries(spec);
    const half = createOptimizer({ [kind]: { ...settings, learningRate: settings.learningRate / 2 } } as typeof spec);
    const halved = createOptimizer(spec, { learningRateFactor: (step) => (step === 3 ? 0.5 : 1) });
    expect(halved.numbers(2)).toEqual(plain.numbers(2));
    expect(halved.numbers(3)).toEqual(half.numbers(3));
    expect(halved.slotNames).toEqual(plain.slotNames);
  });
});
