import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCOPES } from '../../../../core/pruning/scopes/index.js';
import { type Costs, reachCheck, selectAtoms, type Target } from '../../../../core/pruning/selection/index.js';
import { leastReachable } from '../../../../core/pruning/selection/reachable.js';
import type { LayerRule } from '../../../../core/sweep/spec.js';
import { chained, layerOf, layers, sparsity } from './layers.js';

const rules = fc.array(
  fc.record({
    pattern: fc.constantFrom('l', '*'),
    floor: fc.double({ min: 0, max: 0.6, noNaN: true }),
    exclude: fc.boolean(),
  }),
  { maxLength: 2 },
);

describe('what can be reached', () => {
  it('given any layers, rules and target, then what is refused before scoring is what selecting would refuse', () => {
    const refused = (run: () => void): string | null => {
      try {
        run();
        return null;
      } catch (error) {
        return (error as { code?: string }).code ?? String(error);
      }
    };
    fc.assert(
      fc.property(
        layers,
        fc.constantFrom('layer', 'global', 'erk'),
        sparsity,
        rules,
        fc.constantFrom('weights' as const, 'units' as const, 'macs' as const),
        (all, name, s, ruled, count) => {
          const costs = count === 'macs' ? { costs: chained(all, 20) } : {};
          const target: Target = { sparsity: s, count, ...costs };
          const scope = SCOPES.get(name);
          const before = refused(() => reachCheck(all, scope, target, ruled)(target));
          expect(before).toBe(refused(() => selectAtoms(all, scope, {}, target, ruled)));
          expect([null, 'PRUNEFRONT_SPARSITY_UNREACHABLE']).toContain(before);
        },
      ),
    );
  });

  it('given MACs that a layer that stays whole needs, then the refusal names it and what can be reached', () => {
    const all = [layerOf('conv', Array(10).fill(1)), layerOf('dense', Array(10).fill(1))];
    const costs: Costs = {
      of: ([conv, dense]) => 3 * (conv?.count ?? 0) + 7 * (dense?.count ?? 0),
      baseline: 100,
    };
    const target = { sparsity: 0.9, count: 'macs', costs } as const;
    const excluded: LayerRule[] = [{ pattern: 'dense', exclude: true }];
    expect(leastReachable(all, target, excluded)).toEqual({ kept: [1, 10], cost: 73, baseline: 100, sparsity: 0.27 });
    expect(() => reachCheck(all, SCOPES.get('global'), target, excluded)(target)).toThrow(
      expect.objectContaining({
        code: 'PRUNEFRONT_SPARSITY_UNREACHABLE',
        facts: { place: 'sparsity', found: '0.9', allowed: 'at most 0.27', hint: 'dense stays whole' },
      }),
    );
    expect(() => reachCheck(all, SCOPES.get('global'), target, [])(target)).not.toThrow();
  });

  it('given a floor, then the refusal names the layer that keeps the most', () => {
    const all = [layerOf('conv', Array(10).fill(1)), layerOf('dense', Array(10).fill(1))];
    const target = { sparsity: 0.9, count: 'weights' } as const;
    expect(() => reachCheck(all, SCOPES.get('erk'), target, [{ pattern: 'conv', floor: 0.4 }])(target)).toThrow(
      expect.objectContaining({
        facts: expect.objectContaining({ allowed: 'at most 0.75', hint: 'conv keeps the most of itself' }),
      }),
    );
  });

  it.each(['global', 'layer', 'erk'])(
    'given blocks as large as their layers under the scope %s, then any sparsity is refused; given single weights, none is',
    (name) => {
      const check = (size: number, s: number) => () => {
        const all = [
          layerOf('conv', Array(10 / size).fill(1), Array(10 / size).fill(size)),
          layerOf('dense', [1], [size]),
        ];
        const target = { sparsity: s, count: 'weights' } as const;
        reachCheck(all, SCOPES.get(name), target, [])(target);
        selectAtoms(all, SCOPES.get(name), {}, target);
      };
      for (const s of [0.25, 0.5, 0.9]) expect(check(10, s)).toThrow('No pruning can reach this sparsity of weights');
      for (const s of [0, 0.5, 0.99, 1]) expect(check(1, s)).not.toThrow();
      expect(check(5, 0)).not.toThrow();
      expect(check(5, 0.3)).not.toThrow();
      expect(check(5, 0.5)).toThrow(
        expect.objectContaining({
          facts: expect.objectContaining({ allowed: 'at most 0.3333', hint: 'dense stays whole' }),
        }),
      );
    },
  );
});
