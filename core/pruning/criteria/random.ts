import type { Criterion } from './criterion.js';

/** Random scores: the control that every other criterion has to beat. The same for the same seed and name, so that what went stays gone. */
export const RANDOM: Criterion = {
  name: 'random',
  summary: 'Random scores: the control that every other criterion has to beat.',
  source: 'control',
  settings: {},
  weights: ({ weight, values }, evidence) => numbers(values.length, evidence.random(`weights of ${weight}`)),
  units: ({ layer, units }, evidence) => numbers(units, evidence.random(`units of ${layer}`)),
};

function numbers(length: number, next: () => number): Float32Array {
  return Float32Array.from({ length }, next);
}
