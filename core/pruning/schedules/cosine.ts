import type { SchedulePiece } from './schedule.js';
import { RAMP_SETTINGS, ramp } from './steps.js';

/** Slow at both ends: s(t) = final + (initial − final) · (1 + cos πt) / 2. */
export const cosine: SchedulePiece = {
  name: 'cosine',
  summary: 'From `initialSparsity` up along half a cosine: slow at both ends.',
  source: 'Loshchilov and Hutter 2017, of sparsity in place of the learning rate',
  settings: RAMP_SETTINGS,
  resolve: (settings, goal) =>
    ramp(settings, goal, (t, initial, final) => final + ((initial - final) * (1 + Math.cos(Math.PI * t))) / 2),
};
