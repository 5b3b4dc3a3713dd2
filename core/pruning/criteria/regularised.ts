import { numberOf, type Setting } from '../../registry/index.js';
import type { Criterion } from './criterion.js';
import { magnitude } from './magnitude.js';
import { unitNorms } from './norms.js';

/** How long the training lasts that comes before the first cut. */
export const EPOCHS: Setting = {
  kind: 'number',
  description: 'Epochs of training with the penalty before anything is cut.',
  default: 1,
  minimum: 0,
  integer: true,
};

/** How strong a penalty is. */
export function strength(description: string, fallback: number): Setting {
  return { kind: 'number', description, default: fallback, minimum: 0 };
}

/** The L1 norm after a training that adds strength · Σ|w| to the loss, and so makes weights small that the task can do without. */
export const L1_REGULARISED: Criterion = {
  name: 'l1Regularised',
  summary: 'L1 norm after a training that penalises Σ|w|.',
  source: 'Tibshirani 1996, Han et al. 2015',
  settings: { strength: strength('What Σ|w| of the kernels is multiplied with.', 1e-5), epochs: EPOCHS },
  weights: ({ values }) => magnitude(values),
  units: (layer) => unitNorms(layer, 1),
  regularised: (settings) => ({
    penalty: { l1: numberOf(settings, 'strength') },
    epochs: numberOf(settings, 'epochs'),
  }),
};

/** The L2 norm after a training that adds strength · Σw² to the loss. */
export const L2_REGULARISED: Criterion = {
  name: 'l2Regularised',
  summary: 'L2 norm after a training that penalises Σw².',
  source: 'Han et al. 2015',
  settings: { strength: strength('What Σw² of the kernels is multiplied with.', 1e-4), epochs: EPOCHS },
  weights: ({ values }) => magnitude(values),
  units: (layer) => unitNorms(layer, 2),
  regularised: (settings) => ({
    penalty: { l2: numberOf(settings, 'strength') },
    epochs: numberOf(settings, 'epochs'),
  }),
};
