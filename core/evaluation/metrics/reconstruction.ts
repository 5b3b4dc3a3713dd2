import { meanOf } from './mean.js';
import type { MetricPiece } from './metric-piece.js';

/** Mean squared errors below this share of the squared range count as it: a signal-to-noise ratio without a bound is no number. */
const LEAST = 1e-12;

/** The mean squared error of each example, [n]. */
const squaredErrors: MetricPiece['examples'] = (tf, outputs, x) =>
  tf
    .squaredDifference(outputs, x)
    .reshape([x.shape[0] ?? 1, -1])
    .mean(1);

/** −10 · log10(mean squared error / range²), at most 120 dB. */
export const psnr: MetricPiece = {
  name: 'psnr',
  summary: 'Peak signal-to-noise ratio in decibels, against the inputs without noise.',
  source: 'the usual one',
  settings: {},
  tasks: ['reconstruction'],
  better: 'more',
  examples: squaredErrors,
  of: (values, _, { range }) => -10 * Math.log10(Math.max(LEAST, meanOf(values) / range ** 2)),
};

/** The mean of the squared error. */
export const mse: MetricPiece = {
  name: 'mse',
  summary: 'Mean squared error, in squared units of the inputs.',
  source: 'the usual one',
  settings: {},
  tasks: ['reconstruction'],
  better: 'less',
  examples: squaredErrors,
};
