import { numberOf } from '../../registry/index.js';
import type { Criterion, ScoredLayer } from './criterion.js';
import { magnitude } from './magnitude.js';
import { sumOverUnits } from './unit-rows.js';

/** Lp norm of each unit's weights: (Σ|w|^p)^(1/p), in float64 on the way. */
export function unitNorms(layer: ScoredLayer, p: number): Float32Array {
  const power = (weight: number): number => (p === 2 ? weight * weight : Math.abs(weight) ** p);
  const sums = sumOverUnits(layer, ({ values }) => new Float64Array(values).map(power));
  return new Float32Array(sums.map((sum) => (p === 2 ? Math.sqrt(sum) : sum ** (1 / p))));
}

/** L1 norm: of a weight |w|, of a unit the sum of them. */
export const L1: Criterion = {
  name: 'l1',
  summary: 'L1 norm of the weights of a unit, or |w| of one weight.',
  source: 'Li et al. 2017',
  settings: {},
  weights: ({ values }) => magnitude(values),
  units: (layer) => unitNorms(layer, 1),
};

/** L2 norm: of a weight |w|, of a unit the root of the sum of squares. */
export const L2: Criterion = {
  name: 'l2',
  summary: 'L2 norm of the weights of a unit, or |w| of one weight.',
  source: 'He et al. 2018, soft filter pruning',
  settings: {},
  weights: ({ values }) => magnitude(values),
  units: (layer) => unitNorms(layer, 2),
};

/** Any Lp norm: of a weight |w|, of a unit (Σ|w|^p)^(1/p). */
export const LP: Criterion = {
  name: 'lp',
  summary: 'Lp norm of the weights of a unit, or |w| of one weight.',
  source: 'Li et al. 2017, He et al. 2018',
  settings: {
    p: {
      kind: 'number',
      description: 'The exponent; large ones look at the largest weight alone.',
      default: 3,
      minimum: 0,
      maximum: 32,
      exclusive: 'minimum',
    },
  },
  weights: ({ values }) => magnitude(values),
  units: (layer, _evidence, settings) => unitNorms(layer, numberOf(settings, 'p')),
};
