import type { Criterion } from './criterion.js';
import { weighted } from './measured.js';

/** Connection sensitivity |g·w|, without the paper's division by the sum over all weights, which changes no order. */
export const SNIP: Criterion = {
  name: 'snip',
  summary: 'Connection sensitivity |g·w|.',
  source: 'Lee et al. 2019',
  measures: true,
  settings: {},
  weights: (kernel, evidence) => new Float32Array(weighted(kernel, evidence.gradients()).map(Math.abs)),
};
