import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptCount } from '../../../../core/pruning/kept-count.js';
import { type ComparedLayer, SCOPES } from '../../../../core/pruning/scopes/index.js';
import { GONE, selectAtoms, type Target } from '../../../../core/pruning/selection/index.js';
import { leastReachable } from '../../../../core/pruning/selection/reachable.js';
import type { Selection } from '../../../../core/pruning/selection/select-atoms.js';
import type { LayerRule } from '../../../../core/sweep/spec.js';
import { chained, counts, firstOnes, layerOf, layers, sparsity } from './layers.js';

const scope = fc.constantFrom(...SCOPES.names());
const together = fc.constantFrom(...SCOPES.names().filter((name) => SCOPES.get(name).perLayer !== true));

function select(all: readonly ComparedLayer[], name: string, target: Target, rules: LayerRule[] = []): Selection {
  return selectAtoms(all, SCOPES.get(name), {}, target, rules);
}

/** Sum of the sizes of kept atoms. */
function weights(all: readonly ComparedLayer[], keep: readonly Uint8Array[]): number {
  const own = all.map(({ sizes }, i) =>
    [...(keep[i] ?? [])].reduce((sum, kept, at) => sum + kept * (sizes[at] ?? 0), 0),
  );
  return own.reduce((sum, layer) => sum + layer, 0);
}

describe('the selection of atoms', () => {
  it('given any scope and a sparsity of 0, then all stay', () => {
    fc.assert(
      fc.property(layers, scope, fc.constantFrom('weights' as const, 'units' as const), (all, name, count) => {
        const { keep, floorHit } = select(all, name, { sparsity: 0, count });
        expect(keep.every((own) => own.every((kept) => kept === 1))).toBe(true);
        expect(floorHit.size).toBe(0);
      }),
    );
  });

  it('given units, then exactly the count stays as far as each layer keeps one', () => {
    fc.assert(
      fc.property(layers, together, sparsity, (all, name, s) => {
        const total = all.reduce((sum, { scores }) => sum + scores.length, 0);
        const kept = counts(select(all, name, { sparsity: s, count: 'units' }).keep);
        expect(kept.reduce((sum, own) => sum + own, 0)).toBe(Math.max(all.length, keptCount(total, s)));
        for (const own of kept) expect(own).toBeGreaterThan(0);
      }),
    );
  });

  it('given weights in atoms of several sizes, then the target is met and one atom more would be too much, or it is refused where the last atoms of the layers are too many weights', () => {
    fc.assert(
      fc.property(layers, scope, sparsity, (all, name, s) => {
        const target = { sparsity: s, count: 'weights' } as const;
        const whole = weights(
          all,
          all.map(({ scores }) => new Uint8Array(scores.length).fill(1)),
        );
        const goal = keptCount(whole, s);
        const { cost } = leastReachable(all, target, []);
        if (cost > Math.max(goal, all.length)) {
          expect(() => select(all, name, target)).toThrow(
            expect.objectContaining({ code: 'PRUNEFRONT_SPARSITY_UNREACHABLE' }),
          );
          return;
        }
        const { keep } = select(all, name, target);
        if (SCOPES.get(name).perLayer === true) return;
        const kept = weights(all, keep);
        expect(kept).toBeLessThanOrEqual(Math.max(goal, all.length));
        expect(kept + 9).toBeGreaterThanOrEqual(goal);
      }),
    );
  });

  it('given costs of the whole model, then the target is met by the least removal on the way, or refused with what can be reached', () => {
    const count = fc.constantFrom('parameters' as const, 'macs' as const, 'bytes' as const);
    fc.assert(
      fc.property(layers, scope, sparsity, count, fc.integer({ min: 0, max: 300 }), (all, name, s, count, rest) => {
        const costs = chained(all, rest);
        const target = { sparsity: s, count, costs };
        const least = leastReachable(all, target, []);
        const atMost = (1 - s) * costs.baseline * (1 + 1e-9);
        if (costs.of(firstOnes(least.kept)) > atMost) {
          expect(() => select(all, name, target)).toThrow(
            expect.objectContaining({ code: 'PRUNEFRONT_SPARSITY_UNREACHABLE' }),
          );
          return;
        }
        const kept = counts(select(all, name, target).keep);
        expect(costs.of(firstOnes(kept))).toBeLessThanOrEqual(atMost);
        const oneMore = kept
          .map((own, i) => kept.with(i, own + 1))
          .filter((more, i) => (more[i] ?? 0) <= (all[i]?.baselineAtoms ?? 0));
        if (oneMore.length > 0)
          expect(Math.max(...oneMore.map((more) => costs.of(firstOnes(more))))).toBeGreaterThan(atMost);
      }),
    );
  });

  it('given scores, then in each layer the highest stay, of equal ones the first', () => {
    fc.assert(
      fc.property(layers, scope, sparsity, (all, name, s) => {
        select(all, name, { sparsity: s, count: 'units' }).keep.forEach((keep, i) => {
          const scores = all[i]?.scores ?? new Float32Array();
          for (let a = 0; a < scores.length; a++) {
            for (let b = 0; b < scores.length; b++) {
              const [x = 0, y = 0] = [scores[a], scores[b]];
              if (x > y || (x === y && a < b)) expect(keep[a]).toBeGreaterThanOrEqual(keep[b] ?? 0);
            }
          }
        });
      }),
    );
  });

  it('given other scores in the same order, then ERK, sensitivity and layers keep the same; for one layer, all scopes do', () => {
    const grown = (all: readonly ComparedLayer[]): ComparedLayer[] =>
      all.map((layer) => ({ ...layer, scores: layer.scores.map((score) => Math.exp(score) * layer.layer.length) }));
    fc.assert(
      fc.property(layers, fc.constantFrom('erk', 'sensitivity', 'layer'), scope, sparsity, (all, own, any, s) => {
        const target = { sparsity: s, count: 'units' } as const;
        expect(select(grown(all), own, target).keep).toEqual(select(all, own, target).keep);
        const one = all.slice(0, 1);
        expect(select(grown(one), any, target).keep).toEqual(select(one, any, target).keep);
      }),
    );
  });

  it('given two sparsities, then what the higher keeps, the lower keeps too, whether from the start or from what the lower left', () => {
    fc.assert(
      fc.property(layers, scope, sparsity, sparsity, fc.boolean(), (all, name, a, b, again) => {
        const loose = select(all, name, { sparsity: Math.min(a, b), count: 'units' }).keep;
        const left = all.map((layer, i) => ({
          ...layer,
          scores: layer.scores.map((score, at) => (loose[i]?.[at] === 1 ? score : GONE)),
        }));
        const target = { sparsity: Math.max(a, b), count: 'units' } as const;
        const tight = select(again ? left : all, name, target).keep;
        tight.forEach((keep, i) => {
          keep.forEach((kept, at) => {
            expect(kept).toBeLessThanOrEqual(loose[i]?.[at] ?? 0);
          });
        });
      }),
    );
  });

  it('given coupled layers that do not all have all atoms, then each keeps its floor, at any sparsity of any count', () => {
    const atoms = fc.uniqueArray(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 6 });
    const scores = fc.array(fc.constantFrom(0, 1, 2, 3, GONE), { minLength: 12, maxLength: 12 });
    const cases = fc.array(fc.record({ scores, members: fc.array(atoms, { minLength: 1, maxLength: 3 }) }), {
      ...{ minLength: 1, maxLength: 3 },
    });
    fc.assert(
      fc.property(cases, scope, sparsity, fc.constantFrom(0, 0.3), fc.boolean(), (all, name, s, floor, macs) => {
        const groups = all.map(({ scores, members }, i) => ({
          ...layerOf('l'.repeat(i + 1), scores),
          members: [...members, [...Array(12).keys()]],
        }));
        const rules: LayerRule[] = [{ pattern: '*', floor }];
        const costs = macs ? { costs: chained(groups, 0) } : {};
        const selected = ((): Selection | null => {
          try {
            return select(groups, name, { sparsity: s, count: macs ? 'macs' : 'units', ...costs }, rules);
          } catch {
            return null;
          }
        })();
        fc.pre(selected !== null);
        selected?.keep.forEach((keep, i) => {
          const { members = [], scores } = groups[i] ?? {};
          for (const own of members) {
            const left = own.filter((atom) => scores?.[atom] !== GONE).length;
            const least = Math.min(left, Math.max(1, Math.ceil(own.length * floor - 1e-9)));
            expect(own.filter((atom) => keep[atom] === 1).length).toBeGreaterThanOrEqual(least);
          }
          expect([...keep].every((kept, atom) => kept === 0 || scores?.[atom] !== GONE)).toBe(true);
        });
      }),
    );
  });

  it('given such layers, then no more is kept than their floors and the target ask for, the best of each', () => {
    const group = {
      ...layerOf('wide', [1, 2, 3, 4, 9, 8, 7, 6]),
      members: [[0, 1, 2, 3], [4, 5, 6, 7], [...Array(8).keys()]],
    };
    const kept = (s: number, scope: string) => [
      ...(select([group], scope, { sparsity: s, count: 'units' }).keep[0] ?? []),
    ];
    for (const scope of ['layer', 'global', 'erk']) {
      expect(kept(0.5, scope)).toEqual([0, 0, 0, 1, 1, 1, 1, 0]);
      expect(kept(0.99, scope)).toEqual([0, 0, 0, 1, 1, 0, 0, 0]);
    }
  });

  it('given layers that all give all they can, then even floors give way down to an atom of each', () => {
    const all = [layerOf('a', Array(1000).fill(1)), layerOf('b', Array(1000).fill(2))];
    expect(counts(select(all, 'global', { sparsity: 0.994, count: 'units' }).keep)).toEqual([5, 7]);
    expect(counts(select(all, 'global', { sparsity: 0.998, count: 'units' }).keep)).toEqual([1, 3]);
    expect(counts(select(all, 'global', { sparsity: 1, count: 'units' }).keep)).toEqual([1, 1]);
  });
});
