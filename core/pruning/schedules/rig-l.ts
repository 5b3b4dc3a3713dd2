import { numberOf } from '../../registry/index.js';
import { onRaster, type SchedulePiece } from './schedule.js';

/** Part of the kept weights that an update drops: α / 2 · (1 + cos πt), t from 0 to 1 at the last update. */
export function dropFraction(initial: number, step: number, endStep: number): number {
  return (initial / 2) * (1 + Math.cos(Math.PI * Math.min(1, step / endStep)));
}

/** Sparse from the first step on; then, again and again, a part of the kept weights is dropped and grown elsewhere. */
export const rigL: SchedulePiece = {
  name: 'rigL',
  summary: 'All at once, then weights move: the smallest are dropped, and as many grow where gradients are largest.',
  source: 'Evci et al. 2020 (RigL)',
  settings: {
    dropFraction: {
      kind: 'number',
      description: 'Part of the kept weights that the first update drops; later ones drop less, along a cosine.',
      default: 0.3,
      minimum: 0,
      maximum: 1,
      exclusive: 'minimum',
    },
    endFraction: {
      kind: 'number',
      description: 'Part of the training after which the masks stay.',
      default: 0.75,
      minimum: 0,
      maximum: 1,
      exclusive: 'minimum',
    },
    frequency: {
      kind: 'number',
      description: 'Optimizer steps from one update to the next.',
      default: 100,
      minimum: 1,
      integer: true,
    },
  },
  resolve: (settings, { sparsity, totalSteps }) => {
    const endStep = totalSteps * numberOf(settings, 'endFraction');
    return {
      lastStep: 0,
      sparsityAt: () => sparsity,
      shouldPruneAt: (step) => step === 0,
      regrowAt(step) {
        // The last update drops nothing: the cosine ends at zero.
        if (step === 0 || step >= endStep || !onRaster(step, 0, endStep, numberOf(settings, 'frequency'))) return null;
        return dropFraction(numberOf(settings, 'dropFraction'), step, endStep);
      },
    };
  },
};
