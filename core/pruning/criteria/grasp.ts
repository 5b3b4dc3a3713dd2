import { numberOf } from '../../registry/index.js';
import type { Criterion } from './criterion.js';
import { weighted } from './measured.js';

/** θ·Hg: what a weight does for the norm of the gradient. The largest stay, as in the authors' code; scores can be negative. */
export const GRASP: Criterion = {
  name: 'grasp',
  summary: 'What a weight does to the flow of gradients: θ·Hg, the largest stay.',
  source: 'Wang et al. 2020',
  measures: true,
  settings: {
    temperature: {
      kind: 'number',
      description: 'What logits are divided by before the loss is taken of them.',
      default: 200,
      minimum: 0,
      exclusive: 'minimum',
    },
  },
  weights: (kernel, evidence, settings) =>
    new Float32Array(weighted(kernel, evidence.hessianGradient(numberOf(settings, 'temperature')))),
};
