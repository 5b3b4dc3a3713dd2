import type { Criterion } from './criterion.js';
import { weighted } from './measured.js';
import { sumOverUnits } from './unit-rows.js';

/** First-order Taylor expansion of the loss: (g·w)² of a weight, (Σ g·w)² over the weights of a unit. */
export const TAYLOR: Criterion = {
  name: 'taylor',
  summary: 'Square of the change of the loss to first order: (Σ g·w)².',
  source: 'Molchanov et al. 2019',
  measures: true,
  settings: {},
  weights: (kernel, evidence) => new Float32Array(weighted(kernel, evidence.gradients()).map((change) => change ** 2)),
  units(layer, evidence) {
    const changes = sumOverUnits(layer, (kernel) => weighted(kernel, evidence.gradients()));
    return Float32Array.from(changes, (change) => change ** 2);
  },
};
