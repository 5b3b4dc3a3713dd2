import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseBits, type MeasuredTensor } from '../../../../core/compression/quantization/mixed-precision.js';
import { errorOf } from '../../../support/errors.js';

const tensors: fc.Arbitrary<MeasuredTensor[]> = fc
  .array(
    fc.record({
      size: fc.integer({ min: 1, max: 500 }),
      losses: fc.tuple(
        fc.double({ min: -0.01, max: 2, noNaN: true }),
        fc.double({ min: -0.01, max: 0.5, noNaN: true }),
        fc.double({ min: -0.01, max: 0.1, noNaN: true }),
      ),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((all) =>
    all.map(({ size, losses }, i) => ({
      name: `w${i}`,
      size,
      widths: [4, 8, 16].map((bits, k) => ({ bits, lossIncrease: losses[k] ?? 0 })),
    })),
  );

const bytesOf = (own: readonly MeasuredTensor[], bits: ReadonlyMap<string, number>): number =>
  own.reduce((sum, { name, size }) => sum + Math.ceil((size * (bits.get(name) ?? 0)) / 8), 0);
const lossOf = (own: readonly MeasuredTensor[], bits: ReadonlyMap<string, number>): number =>
  own.reduce(
    (sum, { name, widths }) =>
      sum + (widths.find((width) => width.bits === bits.get(name))?.lossIncrease ?? Number.NaN),
    0,
  );

/** Every way to give the tensors widths. */
function allPlans(own: readonly MeasuredTensor[]): Map<string, number>[] {
  return own.reduce<Map<string, number>[]>(
    (plans, { name, widths }) => plans.flatMap((plan) => widths.map(({ bits }) => new Map(plan).set(name, bits))),
    [new Map()],
  );
}

describe('chooseBits', () => {
  it('given any tensors and a budget, then it is kept, and no single width that fits is better', () => {
    fc.assert(
      fc.property(tensors, fc.double({ min: 4, max: 16, noNaN: true }), (own, mean) => {
        const budget = own.reduce((sum, { size }) => sum + Math.ceil((size * mean) / 8), 0);
        const chosen = chooseBits(own, budget);
        expect(bytesOf(own, chosen)).toBeLessThanOrEqual(budget);
        for (const bits of [4, 8, 16]) {
          const uniform = new Map(own.map(({ name }) => [name, bits]));
          if (bytesOf(own, uniform) <= budget)
            expect(lossOf(own, chosen)).toBeLessThanOrEqual(lossOf(own, uniform) + 1e-12);
        }
      }),
    );
  });

  it('given the budget of what it chose, then no plan of so few bytes has less loss where the hull’s steps all fit', () => {
    fc.assert(
      fc.property(tensors, (own) => {
        const all = allPlans(own);
        const chosen = chooseBits(own, Number.MAX_SAFE_INTEGER);
        const best = Math.min(...all.map((plan) => lossOf(own, plan)));
        expect(lossOf(own, chosen)).toBeCloseTo(best, 12);
      }),
    );
  });

  it('given a tensor that suffers and one that does not, then the bits go where they save most loss for a byte', () => {
    const widths = (...losses: number[]) =>
      losses.map((lossIncrease, i) => ({ bits: [4, 8, 16][i] ?? 0, lossIncrease }));
    const own = [
      { name: 'robust', size: 1000, widths: widths(0.01, 0.001, 0) },
      { name: 'fragile', size: 100, widths: widths(2, 0.2, 0) },
    ];
    // 500 + 50 bytes at 4 bits; 200 at 16 for the fragile one; the robust one's 1000 at 8 do not fit.
    expect([...chooseBits(own, 800)]).toEqual([
      ['robust', 4],
      ['fragile', 16],
    ]);
  });

  it('given fewer bytes than the narrowest widths take, then it is told how many it takes', async () => {
    const own = [{ name: 'w', size: 100, widths: [{ bits: 4, lossIncrease: 0 }] }];
    const error = await errorOf('PRUNEFRONT_COMPRESSION', () => chooseBits(own, 49));
    expect(error.facts.allowed).toBe('at least 50 bytes');
  });
});
