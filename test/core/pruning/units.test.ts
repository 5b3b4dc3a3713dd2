import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classesOf, removalOf } from '../../../core/models/groups.js';
import { planRemoval, type Removal } from '../../../core/models/surgery.js';
import { scoredLayers } from '../../../core/pruning/criteria/index.js';
import type { UnitGranularity } from '../../../core/pruning/granularities/index.js';
import { keptCount } from '../../../core/pruning/kept-count.js';
import { granularityOf } from '../../../core/pruning/method.js';
import { shapeCost } from '../../../core/pruning/model-costs.js';
import {
  comparedGroup,
  remainingGroups,
  removedGroups,
  type ShrunkModel,
  targetOf,
} from '../../../core/pruning/pruned-layers.js';
import { type ComparedLayer, SCOPES } from '../../../core/pruning/scopes/index.js';
import { GONE, selectAtoms } from '../../../core/pruning/selection/index.js';
import { createRandom } from '../../../core/random.js';
import { randomGraph } from '../../support/random-graphs.js';

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

describe('units of any graph', () => {
  it('given any scores and sparsity, once and again, then what is selected can be removed, and is what costs were told for', () => {
    const count = fc.constantFrom('units' as const, 'weights' as const, 'macs' as const);
    const method = { granularity: 'unit', criterion: 'l2', scope: 'global' };
    const granularity = granularityOf(method) as UnitGranularity;
    let removed = 0;
    fc.assert(
      fc.property(
        randomGraph,
        count,
        fc.double({ min: 0.05, max: 0.4, noNaN: true }),
        fc.integer(),
        (baseline, count, s, seed) => {
          let model: ShrunkModel = { topology: baseline, keptUnits: {} };
          for (const part of [0.5, 1]) {
            const groups = remainingGroups(model, baseline, granularity);
            const layers = new Map(scoredLayers(model.topology, []).map((layer) => [layer.layer, layer]));
            const random = createRandom(seed);
            const compared = removedGroups(baseline, granularity).map((before, i): ComparedLayer => {
              const left = new Set(groups[i]?.members.flatMap(classesOf));
              const scores = Float32Array.from({ length: before.classes }, (_, id) =>
                left.has(id) ? random.next() : GONE,
              );
              return { ...comparedGroup(before, layers), kind: 'units', shape: [], scores };
            });
            const target = targetOf(model, baseline, { ...method, ...(count === 'units' ? {} : { count }) })(s * part);
            const keep = ((): readonly Uint8Array[] | null => {
              try {
                return selectAtoms(compared, SCOPES.get('global'), {}, target).keep;
              } catch (error) {
                expect(error).toMatchObject({ code: 'PRUNEFRONT_SPARSITY_UNREACHABLE' });
                return null;
              }
            })();
            if (keep === null) return;
            const gone = keep.map((own) => [...own].flatMap((kept, id) => (kept === 0 ? [id] : [])));
            const remove = Object.assign({}, ...groups.map((group, i) => removalOf(group, gone[i] ?? []))) as Removal;
            const plan = planRemoval(model.topology, remove);
            removed += Object.keys(remove).length;
            const kept = Object.entries(plan.keptUnits).map(([layer, units]) => {
              const before = model.keptUnits[layer];
              return [layer, units.map((unit) => before?.[unit] ?? unit)] as const;
            });
            model = { topology: plan.topology, keptUnits: { ...model.keptUnits, ...Object.fromEntries(kept) } };
            const atoms = keep.map((own) => ({
              count: own.filter((kept) => kept === 1).length,
              atoms: () => Uint32Array.from([...own].flatMap((kept, id) => (kept === 1 ? [id] : []))),
            }));
            if (count === 'units' || target.costs === undefined) continue;
            const cost = shapeCost(model.topology, count);
            expect(target.costs.of(atoms)).toBe(cost);
            expect(cost).toBeLessThanOrEqual((1 - s * part) * target.costs.baseline * (1 + 1e-9));
          }
        },
      ),
      { numRuns: 200, seed: 6 },
    );
    expect(removed).toBeGreaterThan(100);
  });
});
