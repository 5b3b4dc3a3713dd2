import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptCount, roundHalfEven } from '../../../core/pruning/kept-count.js';
import { magnitudeMask, weightMasks } from '../../../core/pruning/weight-masks.js';

const count = (mask: Uint8Array = new Uint8Array()): number => mask.reduce((sum, keep) => sum + keep, 0);
/** Few distinct values, so that ties are the rule. */
const tied = (maxLength: number) =>
  fc.array(fc.constantFrom(-2, -1, 0, 1, 2), { minLength: 1, maxLength }).map((values) => Float32Array.from(values));
const sparsity = fc.double({ min: 0, max: 1, noNaN: true });

describe('the count that stays', () => {
  it.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [34.500003, 35],
    [3, 3],
  ])('given %d, then it rounds to %i', (value, rounded) => {
    expect(roundHalfEven(value)).toBe(rounded);
  });

  it('given 150 weights at 77 %, then it is 35 as float32 has it', () => {
    expect(keptCount(150, 0.77)).toBe(35);
  });

  it('given full sparsity, then one stays', () => {
    expect(keptCount(1000, 1)).toBe(1);
  });
});

describe('the mask of a tensor', () => {
  it('given any weights with ties, then exactly the count stays and nothing dropped is larger than what is kept', () => {
    fc.assert(
      fc.property(tied(200), sparsity, (values, s) => {
        const mask = magnitudeMask(values, s);
        expect(count(mask)).toBe(keptCount(values.length, s));
        const kept = values.filter((_, i) => mask[i] === 1).map(Math.abs);
        const dropped = values.filter((_, i) => mask[i] === 0).map(Math.abs);
        expect(Math.max(0, ...dropped)).toBeLessThanOrEqual(Math.min(...kept));
      }),
    );
  });

  it('given a constant tensor, then the sparsity is still exact', () => {
    expect(count(magnitudeMask(new Float32Array(1000).fill(0.1), 0.9))).toBe(100);
    expect(count(magnitudeMask(new Float32Array(1000), 0.9))).toBe(100);
  });

  it('given growing sparsity, then a kept weight was kept before', () => {
    fc.assert(
      fc.property(tied(100), sparsity, sparsity, (values, a, b) => {
        const loose = magnitudeMask(values, Math.min(a, b));
        const tight = magnitudeMask(values, Math.max(a, b));
        tight.forEach((keep, i) => {
          expect(keep).toBeLessThanOrEqual(loose[i] ?? 0);
        });
      }),
    );
  });
});

describe('masks of layers', () => {
  const layers = fc
    .array(tied(120), { minLength: 1, maxLength: 5 })
    .map((all) => all.map((values, i) => ({ name: `w${i}`, values })));

  it('given the scope of layers, then each has the sparsity', () => {
    fc.assert(
      fc.property(layers, sparsity, (all, s) => {
        const { masks } = weightMasks(all, s, 'layer');
        for (const { name, values } of all) expect(count(masks.get(name))).toBe(keptCount(values.length, s));
      }),
    );
  });

  it('given the global scope, then all together have the sparsity exactly and no layer is emptied while there is enough', () => {
    fc.assert(
      fc.property(layers, sparsity, (all, s) => {
        const { masks } = weightMasks(all, s, 'global');
        const total = all.reduce((sum, { values }) => sum + values.length, 0);
        const kept = keptCount(total, s);
        expect([...masks.values()].reduce((sum, mask) => sum + count(mask), 0)).toBe(kept);
        if (kept >= all.length) for (const { name } of all) expect(count(masks.get(name))).toBeGreaterThan(0);
      }),
    );
  });

  it('given a layer of far smaller weights, then it keeps its floor and that is told', () => {
    const small = { name: 'small', values: Float32Array.from({ length: 1000 }, (_, i) => i * 1e-6) };
    const large = { name: 'large', values: Float32Array.from({ length: 1000 }, (_, i) => 1 + i) };
    const { masks, floorHit } = weightMasks([small, large], 0.9, 'global');
    expect(count(masks.get('small'))).toBe(5);
    expect(count(masks.get('large'))).toBe(195);
    expect([...floorHit]).toEqual(['small']);
    expect(masks.get('small')?.subarray(995)).toEqual(new Uint8Array(5).fill(1));
  });
});
