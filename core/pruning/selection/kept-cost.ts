import { keptCount } from '../kept-count.js';
import type { ComparedLayer } from '../scopes/scope.js';
import { weightsOf } from './kept-atoms.js';
import type { KeptAtoms, Target } from './target.js';

/** What kept atoms cost, and how much of that may be. */
export interface Goal {
  readonly of: (kept: readonly number[]) => number;
  readonly atMost: number;
}

/** A layer with the atoms that it keeps where it keeps so many. */
export interface KeepingLayer {
  readonly layer: ComparedLayer;
  readonly keeps: (count: number) => KeptAtoms;
}

/**
 * The goal of layers that are counted by their own atoms: max(round(size · (1 − s)), 1) weights or units, as tfmot counts.
 * @param least - atoms of each layer that are no failure where the goal lies below their number
 */
export function countedGoal(layers: readonly KeepingLayer[], target: Target, least: readonly number[]): Goal {
  const counted = layers.map((layer) => (target.count === 'weights' ? byWeights(layer) : byUnits(layer)));
  const of = (kept: readonly number[]): number => counted.reduce((sum, own, i) => sum + own.of(kept[i] ?? 0), 0);
  const total = counted.reduce((sum, own) => sum + own.total, 0);
  const leastAtoms = least.reduce((sum, own) => sum + own, 0);
  return { of, atMost: Math.max(keptCount(total, target.sparsity), leastAtoms) };
}

/** What the best atoms of a layer count by their number, and what all of the baseline's did. */
interface Counted {
  readonly of: (kept: number) => number;
  readonly total: number;
}

function byUnits({ layer }: KeepingLayer): Counted {
  return { of: (kept) => kept, total: layer.baselineAtoms };
}

function byWeights({ layer, keeps }: KeepingLayer): Counted {
  const weights = weightsOf(layer.sizes);
  return { of: (kept) => weights(keeps(kept)), total: weights(keeps(layer.baselineAtoms)) };
}
