import { nameOf } from '../registry/index.js';
import type { Method, SparsityCount } from '../sweep/spec.js';
import { CRITERIA, type Criterion } from './criteria/index.js';
import { GRANULARITIES, type Granularity } from './granularities/index.js';
import { SCOPES, type Scope } from './scopes/index.js';

/** The granularity that a method names. */
export function granularityOf({ granularity }: Pick<Method, 'granularity'>): Granularity {
  return GRANULARITIES.get(nameOf(granularity));
}

/** The criterion that a method names. */
export function criterionOf({ criterion }: Pick<Method, 'criterion'>): Criterion {
  return CRITERIA.get(nameOf(criterion));
}

/** The scope that a method names. */
export function scopeOf({ scope }: Pick<Method, 'scope'>): Scope {
  return SCOPES.get(nameOf(scope));
}

/** What a method's sparsity counts. */
export function countOf(method: Method): SparsityCount {
  return method.count ?? (granularityOf(method).kind === 'units' ? 'units' : 'weights');
}

/** Whether a method zeroes weights, so that training has to keep them zero. */
export function masksKernels(method: Method): boolean {
  return granularityOf(method).kind === 'mask';
}
