import { GONE } from '../selection/gone.js';
import type { ComparedLayer, Scope } from './scope.js';

/**
 * All atoms compared with each other by their scores. Scores of units are divided by their layer's mean first, because norms over
 * kernels of different sizes do not compare.
 */
export const global: Scope = {
  name: 'global',
  summary: 'All layers compared with each other by their scores.',
  source: 'Han et al. 2015',
  settings: {},
  rank: (layers) => layers.map((layer) => (layer.kind === 'units' ? overMean(layer) : layer.scores)),
};

/** Scores divided by the mean of their absolute values. */
function overMean({ scores }: ComparedLayer): Float32Array {
  let [sum, left] = [0, 0];
  for (const score of scores) {
    if (score === GONE) continue;
    sum += Math.abs(score);
    left++;
  }
  const mean = sum / left || 1;
  return scores.map((score) => score / mean);
}
