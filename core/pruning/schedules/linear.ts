import type { SchedulePiece } from './schedule.js';
import { RAMP_SETTINGS, ramp } from './steps.js';

/** As much more at each update: s(t) = initial + (final − initial) · t. */
export const linear: SchedulePiece = {
  name: 'linear',
  summary: 'From `initialSparsity` up by the same at each step.',
  source: 'Zhu and Gupta 2017, with a power of 1',
  settings: RAMP_SETTINGS,
  resolve: (settings, goal) => ramp(settings, goal, (t, initial, final) => initial + (final - initial) * t),
};
