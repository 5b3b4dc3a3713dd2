import type { Criterion } from './criterion.js';
import { measuredOf } from './measured.js';

/**
 * −Σ w·∂L/∂w over the steps of the training: what moves away from zero stays, whatever its size. A weight that is pruned moves no more.
 * Scores can be negative.
 */
export const MOVEMENT: Criterion = {
  name: 'movement',
  summary: 'How far training moved a weight away from zero: −Σ w·∂L/∂w.',
  source: 'Sanh et al. 2020',
  measures: true,
  settings: {},
  weights: ({ weight }, evidence) => measuredOf(evidence.movement(), weight).slice(),
  tracksMovement: true,
};
