import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptCount } from '../../../core/pruning/kept-count.js';
import { type ComparedLayer, SCOPES } from '../../../core/pruning/scopes/index.js';
import { selectAtoms } from '../../../core/pruning/selection/index.js';

const units = (layer: string, scores: readonly number[], baselineAtoms = scores.length): ComparedLayer => ({
  ...{ layer, baselineAtoms, kind: 'units', scores: Float32Array.from(scores) },
  ...{ sizes: scores.map(() => 9), shape: [9, scores.length] },
});
/** Units that are removed, by layer. */
function removed(layers: readonly ComparedLayer[], sparsity: number, scope: string): Record<string, number[]> {
  const { keep } = selectAtoms(layers, SCOPES.get(scope), {}, { sparsity, count: 'units' });
  return Object.fromEntries(
    layers.map(({ layer }, i) => [layer, [...(keep[i] ?? [])].flatMap((kept, unit) => (kept === 0 ? [unit] : []))]),
  );
}
const scored = fc
  .array(fc.array(fc.constantFrom(0, 1, 2, 3), { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 4 })
  .map((all) => all.map((scores, i) => units(`l${i}`, scores)));
const sparsity = fc.double({ min: 0, max: 1, noNaN: true });

describe('units to remove', () => {
  it('given the scope of layers, then each loses exactly its part, the lowest scores, and never its last unit', () => {
    fc.assert(
      fc.property(scored, sparsity, (layers, s) => {
        const remove = removed(layers, s, 'layer');
        for (const { layer, scores } of layers) {
          const gone = new Set(remove[layer]);
          expect(gone.size).toBe(scores.length - keptCount(scores.length, s));
          const dropped = [...scores].filter((_, unit) => gone.has(unit));
          const kept = [...scores].filter((_, unit) => !gone.has(unit));
          expect(Math.max(0, ...dropped)).toBeLessThanOrEqual(Math.min(...kept));
        }
      }),
    );
  });

  it('given the global scope, then the sparsity is exact as far as each layer keeps a unit', () => {
    fc.assert(
      fc.property(scored, sparsity, (layers, s) => {
        const remove = removed(layers, s, 'global');
        const total = layers.reduce((sum, { scores }) => sum + scores.length, 0);
        const gone = Object.values(remove).reduce((sum, units) => sum + units.length, 0);
        expect(gone).toBe(total - Math.max(layers.length, keptCount(total, s)));
        for (const { layer, scores } of layers) expect(remove[layer]?.length ?? 0).toBeLessThan(scores.length);
      }),
    );
  });

  it('given a layer that lost units before, then the sparsity counts from the baseline’s', () => {
    const layer = units('l', [3, 1, 2, 4, 5, 6], 10);
    expect(removed([layer], 0.5, 'layer')).toEqual({ l: [1] });
    expect(removed([layer], 0.3, 'layer')).toEqual({ l: [] });
  });

  it('given layers of norms of other sizes, then the global scope compares how a unit stands in its layer', () => {
    const [wide, narrow] = [units('wide', [100, 10, 90]), units('narrow', [1, 0.2, 0.9])];
    expect(removed([wide, narrow], 1 / 3, 'global')).toEqual({ wide: [1], narrow: [1] });
  });
});
