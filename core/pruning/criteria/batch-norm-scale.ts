import { PrunefrontError } from '../../errors.js';
import { normBehind } from '../../models/layers-behind.js';
import { numberOf } from '../../registry/index.js';
import type { Criterion } from './criterion.js';
import { EPOCHS, strength } from './regularised.js';

const UNFIT = {
  message:
    'The criterion batchNormScale needs batch norm with a scale behind the layer, and nothing else that takes its output',
  allowed: 'layers with batch norm behind them, or another criterion: l1, l2, taylor',
};

/**
 * |γ| of the batch norm behind the layer, after a training that adds penalty · Σ|γ| to the loss: network slimming. What batch norm
 * multiplies with little, the rest of the network hears little of.
 */
export const BATCH_NORM_SCALE: Criterion = {
  name: 'batchNormScale',
  summary: 'Scale |γ| of the batch norm behind a layer, after a training that penalises Σ|γ|.',
  source: 'Liu et al. 2017',
  measures: true,
  settings: { penalty: strength('What Σ|γ| is multiplied with: the λ of the paper.', 1e-4), epochs: EPOCHS },
  units({ layer }, evidence) {
    const scale = evidence.scaleBehind(layer);
    if (scale !== null) return scale.map(Math.abs);
    throw new PrunefrontError('PRUNEFRONT_SPEC_CONFLICT', UNFIT.message, { place: layer, allowed: UNFIT.allowed });
  },
  unfit: (topology, layer) => (normBehind(topology, layer) === null ? UNFIT : null),
  regularised: (settings) => ({
    penalty: { gamma: numberOf(settings, 'penalty') },
    epochs: numberOf(settings, 'epochs'),
  }),
};
