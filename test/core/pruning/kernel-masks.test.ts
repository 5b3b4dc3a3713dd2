import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Axis } from '../../../core/models/layers/index.js';
import { magnitude } from '../../../core/pruning/criteria/magnitude.js';
import { block } from '../../../core/pruning/granularities/block.js';
import { weight } from '../../../core/pruning/granularities/weight.js';
import { keptCount } from '../../../core/pruning/kept-count.js';
import { type KernelScores, kernelMasks, type MaskMethod } from '../../../core/pruning/kernel-masks.js';
import { SCOPES } from '../../../core/pruning/scopes/index.js';

const axes: readonly Axis[] = [{ role: 'in' }, { role: 'out' }];
const settings = { granularitySettings: {}, scopeSettings: {} };
const method = (scope: string): MaskMethod => ({ ...settings, granularity: weight, scope: SCOPES.get(scope) });
const kernel = (name: string, values: Float32Array): KernelScores => ({
  ...{ layer: name, weight: name, shape: [values.length, 1], axes, scores: magnitude(values) },
});
const magnitudeMask = (values: Float32Array, sparsity: number): Uint8Array =>
  kernelMasks([kernel('w', values)], method('layer'), { sparsity, count: 'weights' }).masks.get('w') ??
  new Uint8Array();
const count = (mask: Uint8Array = new Uint8Array()): number => mask.reduce((sum, keep) => sum + keep, 0);
/** Few distinct values, so that ties are the rule. */
const tied = (maxLength: number) =>
  fc.array(fc.constantFrom(-2, -1, 0, 1, 2), { minLength: 1, maxLength }).map((values) => Float32Array.from(values));
const sparsity = fc.double({ min: 0, max: 1, noNaN: true });

describe('the count that stays', () => {
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
    .map((all) => all.map((values, i) => kernel(`w${i}`, values)));

  it('given the scope of layers, then each has the sparsity', () => {
    fc.assert(
      fc.property(layers, sparsity, (all, s) => {
        const { masks } = kernelMasks(all, method('layer'), { sparsity: s, count: 'weights' });
        for (const { weight, scores } of all) expect(count(masks.get(weight))).toBe(keptCount(scores.length, s));
      }),
    );
  });

  it('given the global scope, then all together have the sparsity exactly, as far as each layer keeps a weight', () => {
    fc.assert(
      fc.property(layers, sparsity, (all, s) => {
        const { masks } = kernelMasks(all, method('global'), { sparsity: s, count: 'weights' });
        const total = all.reduce((sum, { scores }) => sum + scores.length, 0);
        const kept = Math.max(all.length, keptCount(total, s));
        expect([...masks.values()].reduce((sum, mask) => sum + count(mask), 0)).toBe(kept);
        for (const { weight } of all) expect(count(masks.get(weight))).toBeGreaterThan(0);
      }),
    );
  });

  it('given a layer of far smaller weights, then it keeps its floor and that is told', () => {
    const small = kernel(
      'small',
      Float32Array.from({ length: 1000 }, (_, i) => i * 1e-6),
    );
    const large = kernel(
      'large',
      Float32Array.from({ length: 1000 }, (_, i) => 1 + i),
    );
    const { masks, floorHit } = kernelMasks([small, large], method('global'), { sparsity: 0.9, count: 'weights' });
    expect(count(masks.get('small'))).toBe(5);
    expect(count(masks.get('large'))).toBe(195);
    expect([...floorHit]).toEqual(['small']);
    expect(masks.get('small')?.subarray(995)).toEqual(new Uint8Array(5).fill(1));
  });

  it('given a mask, then nothing of it comes back, however large its score', () => {
    const mask = Uint8Array.from([1, 1, 0, 1, 1, 0, 1, 1]);
    const grown = { ...kernel('w', Float32Array.from([1, 2, 9, 3, 4, 9, 5, 6])), mask };
    for (const scope of SCOPES.names().filter((name) => name !== 'sensitivity')) {
      const kept = (s: number): Uint8Array | undefined =>
        kernelMasks([grown], method(scope), { sparsity: s, count: 'weights' }).masks.get('w');
      expect(kept(0)).toEqual(mask);
      expect(kept(0.5)).toEqual(Uint8Array.from([0, 0, 0, 1, 1, 0, 1, 1]));
    }
  });

  it('given blocks of which a part is masked already, then what stays of them does', () => {
    const values = Float32Array.from([5, 5, 1, 1, 0, 5, 1, 1]);
    const mask = Uint8Array.from([1, 1, 1, 1, 0, 1, 1, 1]);
    const blocks = {
      ...method('layer'),
      granularity: block,
      granularitySettings: { height: 2, width: 2, pooling: 'avg' },
    };
    const layer = { ...kernel('w', values), shape: [2, 4], mask };
    const { masks } = kernelMasks([layer], blocks, { sparsity: 0.5, count: 'units' });
    expect(masks.get('w')).toEqual(Uint8Array.from([1, 1, 0, 0, 0, 1, 0, 0]));
  });
});
