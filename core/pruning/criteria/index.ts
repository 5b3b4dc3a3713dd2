import type { Method } from '../../sweep/spec.js';
import { filterL1, filterL2 } from './filter-norm.js';

/** Scores the output units of a kernel [..., units]; the lowest are removed first. */
export type UnitCriterion = (kernel: Float32Array, units: number) => Float32Array;

const UNIT_CRITERIA: Readonly<Record<Exclude<Method, { granularity: 'weight' }>['criterion'], UnitCriterion>> = {
  l1: filterL1,
  l2: filterL2,
};

/** The criterion of a structured method. */
export function unitCriterion(name: keyof typeof UNIT_CRITERIA): UnitCriterion {
  return UNIT_CRITERIA[name];
}

export { filterL1, filterL2 } from './filter-norm.js';
export { magnitude } from './magnitude.js';
