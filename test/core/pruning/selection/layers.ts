import fc from 'fast-check';
import type { ComparedLayer } from '../../../../core/pruning/scopes/index.js';
import type { Costs } from '../../../../core/pruning/selection/index.js';
import type { KeptAtoms } from '../../../../core/pruning/selection/target.js';

/** A layer to be compared. */
export function layerOf(
  layer: string,
  scores: readonly number[],
  sizes: readonly number[] = scores.map(() => 1),
): ComparedLayer {
  return {
    ...{ layer, sizes, kind: 'mask', scores: Float32Array.from(scores), baselineAtoms: scores.length },
    shape: [3, 3, 4, Math.max(1, Math.round(scores.length / 36))],
    sensitivity: [0.5, 0.7, 0.9].map((sparsity) => ({ sparsity, drop: (sparsity * layer.length) / 10 })),
  };
}

/** Layers of few distinct scores, so that ties are the rule, some of them gone, their atoms of several sizes. */
export const layers = fc
  .array(
    fc.array(fc.record({ score: fc.constantFrom(0, 1, 2, 3, 4.5, 7), size: fc.integer({ min: 1, max: 9 }) }), {
      minLength: 1,
      maxLength: 40,
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((all) =>
    all.map((atoms, i) =>
      layerOf(
        'l'.repeat(i + 1),
        atoms.map(({ score }) => score),
        atoms.map(({ size }) => size),
      ),
    ),
  );

/** Sparsity of a target. */
export const sparsity = fc.double({ min: 0, max: 0.99, noNaN: true });

/** Costs as of a chain of layers, each of which has a weight between each two atoms of neighbours, and a rest that nothing prunes. */
export function chained(layers: readonly ComparedLayer[], rest: number): Costs {
  const of = (kept: readonly KeptAtoms[]): number =>
    kept.reduce((sum, { count }, i) => sum + (i + 1) * count * (kept[i - 1]?.count ?? 3), rest);
  return { of, baseline: of(firstOnes(layers.map(({ baselineAtoms }) => baselineAtoms))) };
}

/** So many atoms of each layer, the first in memory. */
export function firstOnes(counts: readonly number[]): KeptAtoms[] {
  return counts.map((count) => ({ count, atoms: () => Uint32Array.from({ length: count }, (_, atom) => atom) }));
}

/** Atoms that each layer keeps. */
export function counts(keep: readonly Uint8Array[]): number[] {
  return keep.map((own) => own.reduce((sum, kept) => sum + kept, 0));
}
