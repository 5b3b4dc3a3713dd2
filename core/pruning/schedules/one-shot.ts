import type { SchedulePiece } from './schedule.js';

/** All at once before the first step; the stage's steps recover. */
export const oneShot: SchedulePiece = {
  name: 'oneShot',
  summary: 'All at once, then recovery.',
  source: 'LeCun et al. 1989',
  settings: {},
  resolve: (_, { sparsity }) => ({
    lastStep: 0,
    sparsityAt: () => sparsity,
    shouldPruneAt: (step) => step === 0,
  }),
};
