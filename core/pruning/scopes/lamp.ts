import { ascendingOrder } from '../float-order.js';
import { GONE } from '../selection/gone.js';
import type { Scope } from './scope.js';

/** All atoms compared with each other by their layer-adaptive score. */
export const lamp: Scope = {
  name: 'lamp',
  summary:
    'All layers compared with each other by each score’s share in its layer, its square over the squares not yet gone.',
  source: 'Lee et al. 2021 (LAMP)',
  settings: {},
  rank: (layers) => layers.map(({ scores }) => lampRank(scores)),
};

/**
 * s² over the sum of the squares of all scores that stay at least as long (Lee et al. 2021, for scores of any criterion). Scores below zero
 * count as zero; the highest of a layer has 1.
 */
export function lampRank(scores: Float32Array): Float32Array {
  const ranks = new Float32Array(scores.length);
  const order = ascendingOrder(scores);
  let squares = 0;
  for (let i = order.length - 1; i >= 0; i--) {
    const atom = order[i] ?? 0;
    const score = scores[atom] ?? 0;
    const square = score === GONE ? 0 : Math.max(0, score) ** 2;
    squares += square;
    ranks[atom] = score === GONE ? GONE : square / squares || 0;
  }
  return ranks;
}
