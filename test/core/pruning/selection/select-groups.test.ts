import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCOPES } from '../../../../core/pruning/scopes/index.js';
import { type Costs, GONE, selectAtoms } from '../../../../core/pruning/selection/index.js';
import { counts, layerOf } from './layers.js';

const grouped = (layer: string, scores: readonly number[], groupSize = 4) => ({ ...layerOf(layer, scores), groupSize });
const kept = (sparsity: number, scores: readonly number[], groupSize = 4): number[] => {
  const { keep } = selectAtoms(
    [grouped('l', scores, groupSize)],
    SCOPES.get('global'),
    {},
    { sparsity, count: 'weights' },
  );
  return [...(keep[0] ?? [])];
};

describe('the selection in groups', () => {
  it('given any scope and scores, then each group keeps the same number, its highest scores', () => {
    const scores = fc
      .array(fc.constantFrom(0, 1, 2, 3), { minLength: 1, maxLength: 10 })
      .map((some) => some.flatMap((s) => [s, 1, 3 - s, 2]));
    const scope = fc.constantFrom(...SCOPES.names());
    fc.assert(
      fc.property(scores, scores, scope, fc.integer({ min: 0, max: 3 }), (a, b, name, zeros) => {
        const all = [grouped('a', a), grouped('b', b)];
        const { keep } = selectAtoms(all, SCOPES.get(name), {}, { sparsity: zeros / 4, count: 'weights' });
        keep.forEach((own, i) => {
          for (let at = 0; at < own.length; at += 4) {
            const group = own.subarray(at, at + 4);
            expect(group.reduce((sum, one) => sum + one, 0)).toBe(4 - zeros);
            const of = (want: number): number[] =>
              [...group.keys()].filter((k) => group[k] === want).map((k) => all[i]?.scores[at + k] ?? 0);
            expect(Math.max(Number.NEGATIVE_INFINITY, ...of(0))).toBeLessThanOrEqual(Math.min(...of(1)));
          }
        });
      }),
    );
  });

  it('given a sparsity between two, then zeros are rounded, halves to even, and one atom stays', () => {
    expect(kept(0.6, [4, 3, 2, 1])).toEqual([1, 1, 0, 0]);
    expect(kept(0.625, [4, 3, 2, 1])).toEqual([1, 1, 0, 0]);
    expect(kept(0.65, [4, 3, 2, 1])).toEqual([1, 0, 0, 0]);
    expect(kept(1, [4, 3, 2, 1])).toEqual([1, 0, 0, 0]);
  });

  it('given equal scores, then the first stay', () => {
    expect(kept(0.5, [1, 1, 1, 1, 2, 1, 1, 2])).toEqual([1, 1, 0, 0, 1, 0, 0, 1]);
  });

  it('given a group that has lost more, then nothing of it comes back', () => {
    expect(kept(0.5, [GONE, 5, GONE, GONE, 1, 2, 3, 4])).toEqual([0, 1, 0, 0, 0, 0, 1, 1]);
  });

  it('given rules, then an excluded layer keeps all and another has zeros of its own', () => {
    const all = ['a', 'b', 'c'].map((name) => grouped(name, [1, 2, 3, 4, 4, 3, 2, 1]));
    const rules = [
      { pattern: 'a', exclude: true },
      { pattern: 'b', sparsity: 0.75 },
    ];
    const { keep } = selectAtoms(all, SCOPES.get('layer'), {}, { sparsity: 0.5, count: 'weights' }, rules);
    expect(counts(keep)).toEqual([8, 2, 4]);
  });

  it('given costs of the whole model, then groups have the fewest zeros that meet the target, or it is refused', () => {
    const all = [grouped('a', [1, 2, 3, 4])];
    const costs: Costs = { of: ([kept]) => 10 * (kept?.count ?? 0) + 60, baseline: 100 };
    const select = (sparsity: number) =>
      counts(selectAtoms(all, SCOPES.get('layer'), {}, { sparsity, count: 'macs', costs }).keep);
    expect(select(0.15)).toEqual([2]);
    expect(() => select(0.5)).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ allowed: 'at most 0.3' }) }),
    );
  });
});
