import { PrunefrontError } from '../../errors.js';
import type { Settings } from '../../registry/index.js';
import type { Criterion, ScoredKernel, ScoredLayer } from './criterion.js';
import type { Evidence } from './evidence.js';
import { sumOverUnits } from './unit-rows.js';

/**
 * The score of each weight of a kernel, in its layout: the lowest go first.
 * @throws PrunefrontError `PRUNEFRONT_SPEC_CONFLICT` where the criterion scores units alone, `PRUNEFRONT_DIVERGED` for scores that are not finite
 */
export function weightScores(
  criterion: Criterion,
  kernel: ScoredKernel,
  evidence: Evidence,
  settings: Settings,
): Float32Array {
  if (criterion.weights !== undefined)
    return finite(criterion.weights(kernel, evidence, settings), criterion, kernel.weight);
  throw new PrunefrontError('PRUNEFRONT_SPEC_CONFLICT', 'This criterion scores units and not single weights', {
    place: kernel.weight,
    found: criterion.name,
    allowed: 'a granularity that removes units, or a criterion that scores weights',
  });
}

/**
 * The score of each unit of a layer: the criterion's own, or else the sum of its weights' scores.
 * @throws PrunefrontError `PRUNEFRONT_DIVERGED` for scores that are not finite
 */
export function unitScores(
  criterion: Criterion,
  layer: ScoredLayer,
  evidence: Evidence,
  settings: Settings,
): Float32Array {
  const scores =
    criterion.units !== undefined
      ? criterion.units(layer, evidence, settings)
      : Float32Array.from(sumOverUnits(layer, (kernel) => weightScores(criterion, kernel, evidence, settings)));
  return finite(scores, criterion, layer.layer);
}

/** Scores of a criterion, none of which is NaN or infinite: NaN orders nothing, and −∞ stands for what is gone. */
function finite(scores: Float32Array, { name }: Criterion, place: string): Float32Array {
  const unfit = scores.filter((score) => !Number.isFinite(score));
  if (unfit.length === 0) return scores;
  throw new PrunefrontError(
    'PRUNEFRONT_DIVERGED',
    `The criterion ${name} gives scores of ${place} that are not finite`,
    {
      place,
      found: `${unfit.length} of ${scores.length} scores are NaN or infinite, the first ${unfit[0]}`,
      allowed: 'finite float32 scores',
      hint: 'other settings of the criterion, another criterion, or a model with smaller weights',
    },
  );
}
