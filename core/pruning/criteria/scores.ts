import { PrunefrontError } from '../../errors.js';
import type { Settings } from '../../registry/index.js';
import type { Criterion, ScoredKernel, ScoredLayer } from './criterion.js';
import type { Evidence } from './evidence.js';
import { sumOverUnits } from './unit-rows.js';

/**
 * The score of each weight of a kernel, in its layout: the lowest go first.
 * @throws PrunefrontError `PRUNEFRONT_SPEC_CONFLICT` where the criterion scores units alone
 */
export function weightScores(
  criterion: Criterion,
  kernel: ScoredKernel,
  evidence: Evidence,
  settings: Settings,
): Float32Array {
  if (criterion.weights !== undefined) return criterion.weights(kernel, evidence, settings);
  throw new PrunefrontError('PRUNEFRONT_SPEC_CONFLICT', 'This criterion scores units and not single weights', {
    place: kernel.weight,
    found: criterion.name,
    allowed: 'a granularity that removes units, or a criterion that scores weights',
  });
}

/** The score of each unit of a layer: the criterion's own, or else the sum of its weights' scores. */
export function unitScores(
  criterion: Criterion,
  layer: ScoredLayer,
  evidence: Evidence,
  settings: Settings,
): Float32Array {
  if (criterion.units !== undefined) return criterion.units(layer, evidence, settings);
  return Float32Array.from(sumOverUnits(layer, (kernel) => weightScores(criterion, kernel, evidence, settings)));
}
