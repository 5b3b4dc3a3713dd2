import type { MetricPiece } from './metric-piece.js';

/** The mean of the task's loss. */
export const loss: MetricPiece = {
  name: 'loss',
  summary: 'Mean loss: cross-entropy of a classification, else the loss of the task.',
  source: 'the usual one',
  settings: {},
  tasks: ['classification', 'regression', 'reconstruction'],
  better: 'less',
  examples: (tf, outputs, targets, task) => task.loss.perExample(tf, outputs, targets),
};
