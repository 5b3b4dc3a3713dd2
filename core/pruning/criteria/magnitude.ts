import type { Criterion } from './criterion.js';

/** |w| of every weight. */
export function magnitude(weights: Float32Array): Float32Array {
  return weights.map(Math.abs);
}

/** |w|; of units its sum. */
export const MAGNITUDE: Criterion = {
  name: 'magnitude',
  summary: 'Absolute value of a weight; of a unit their sum.',
  source: 'Han et al. 2015',
  settings: {},
  weights: ({ values }) => magnitude(values),
};
