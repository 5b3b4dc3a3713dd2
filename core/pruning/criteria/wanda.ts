import type { Criterion, ScoredKernel } from './criterion.js';
import type { Evidence } from './evidence.js';
import { measuredOf } from './measured.js';
import { inputAxis, placeAlong } from './unit-rows.js';

/**
 * |w|·‖x‖: magnitude times the L2 norm of the input feature that the weight takes, over examples and positions. The paper compares only the
 * weights of one output with each other; a scope that compares whole layers, or all of them, sees the same scores, which within a layer are of
 * one scale. An embedding looks its rows up: of it magnitude alone is left.
 */
export const WANDA: Criterion = {
  name: 'wanda',
  summary: 'Magnitude times the norm of the input that the weight takes.',
  source: 'Sun et al. 2023',
  measures: true,
  settings: {},
  weights(kernel, evidence) {
    const norm = inputNorm(kernel, evidence);
    return kernel.values.map((value, i) => Math.abs(value) * norm(i));
  },
};

function inputNorm(kernel: ScoredKernel, evidence: Evidence): (place: number) => number {
  const axis = inputAxis(kernel);
  if (axis < 0) return () => 1;
  const norms = measuredOf(evidence.inputNorms(), kernel.weight);
  const along = placeAlong(kernel, axis);
  return (place) => norms[along(place)] ?? 0;
}
