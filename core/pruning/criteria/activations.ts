import type { Criterion } from './criterion.js';
import { measuredOf } from './measured.js';

/** How often a unit is not zero: 1 − APoZ, the average percentage of zeros behind its activation. */
export const APOZ: Criterion = {
  name: 'apoz',
  summary: 'How often the activation of a unit is not zero: those with most zeros go.',
  source: 'Hu et al. 2016',
  measures: true,
  settings: {},
  units: ({ layer }, evidence) => measuredOf(evidence.outputs(), layer).zeros.map((zeros) => 1 - zeros),
};

/** The mean of a unit's absolute activation, which of a ReLU is its mean. */
export const MEAN_ACTIVATION: Criterion = {
  name: 'meanActivation',
  summary: 'Mean of the absolute activation of a unit.',
  source: 'Molchanov et al. 2017',
  measures: true,
  settings: {},
  units: ({ layer }, evidence) => measuredOf(evidence.outputs(), layer).meanAbsolute.slice(),
};
