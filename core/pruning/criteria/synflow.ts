import { numberOf } from '../../registry/index.js';
import type { Criterion } from './criterion.js';
import { weighted } from './measured.js';

/**
 * |θ|·∂R/∂|θ|, R being what an input of ones gives through absolute weights: looks at no data. What flows into a layer flows out of it, so
 * that iterating never cuts the network as long as another cut is possible: round k of n prunes to 1 − (1 − s)^(k/n).
 */
export const SYNFLOW: Criterion = {
  name: 'synflow',
  summary: 'Synaptic flow through a weight, scored anew in each round; needs no data.',
  source: 'Tanaka et al. 2020',
  measures: true,
  settings: {
    iterations: {
      kind: 'number',
      description: 'Rounds of scoring and pruning.',
      default: 100,
      minimum: 1,
      integer: true,
    },
  },
  weights: (kernel, evidence) => new Float32Array(weighted(kernel, evidence.synapticFlow()).map(Math.abs)),
  rounds: (settings) => numberOf(settings, 'iterations'),
};
