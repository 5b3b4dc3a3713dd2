import type { SchedulePiece } from './schedule.js';
import { RAMP_SETTINGS, ramp } from './steps.js';

/** The same part of what is left at each step: 1 − s(t) = (1 − initial) · ((1 − final) / (1 − initial))^t. */
export const exponential: SchedulePiece = {
  name: 'exponential',
  summary: 'From `initialSparsity` up by the same part of what is left at each step.',
  source: 'Han et al. 2015, made continuous',
  settings: RAMP_SETTINGS,
  resolve: (settings, goal) =>
    ramp(settings, goal, (t, initial, final) => 1 - (1 - initial) * ((1 - final) / (1 - initial)) ** t),
};
