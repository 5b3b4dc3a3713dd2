import { ascendingOrder } from '../float-order.js';
import { keptCount } from '../kept-count.js';
import type { ComparedLayer } from '../scopes/scope.js';
import type { Target } from './target.js';

/** What kept atoms cost, and how much of that may be. */
export interface Goal {
  readonly of: (kept: readonly number[]) => number;
  readonly atMost: number;
}

/**
 * The goal of layers that are counted by their own atoms: max(round(size · (1 − s)), 1) weights or units, as tfmot counts.
 * @param least - atoms of each layer that are no failure where the goal lies below them
 */
export function countedGoal(layers: readonly ComparedLayer[], target: Target, least: readonly number[]): Goal {
  const counted = layers.map((layer) => (target.count === 'weights' ? byWeights(layer) : byUnits(layer)));
  const of = (kept: readonly number[]): number => counted.reduce((sum, own, i) => sum + own.of(kept[i] ?? 0), 0);
  const total = counted.reduce((sum, own) => sum + own.total, 0);
  return { of, atMost: Math.max(keptCount(total, target.sparsity), of(least)) };
}

/** What the best atoms of a layer count by their number, and what all of the baseline's did. */
interface Counted {
  readonly of: (kept: number) => number;
  readonly total: number;
}

function byUnits({ baselineAtoms }: ComparedLayer): Counted {
  return { of: (kept) => kept, total: baselineAtoms };
}

function byWeights({ scores, sizes, baselineAtoms }: ComparedLayer): Counted {
  const size = sizes[0] ?? 1;
  if (Array.prototype.every.call(sizes, (each) => each === size)) {
    return { of: (kept) => kept * size, total: baselineAtoms * size };
  }
  const best = new Float64Array(scores.length + 1);
  ascendingOrder(scores)
    .reverse()
    .forEach((atom, i) => {
      best[i + 1] = (best[i] ?? 0) + (sizes[atom] ?? 0);
    });
  return { of: (kept) => best[kept] ?? 0, total: best.at(-1) ?? 0 };
}
