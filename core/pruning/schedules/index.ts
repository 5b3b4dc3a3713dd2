import type { StageSchedule } from '../../sweep/stage.js';
import { constantSparsity } from './constant-sparsity.js';
import { polynomialDecay } from './polynomial-decay.js';
import type { SparsitySchedule } from './schedule.js';

/** A schedule with a last update, at which the target is reached exactly. */
export interface ResolvedSchedule extends SparsitySchedule {
  /** The step before which masks are computed for the last time in any case. */
  readonly lastStep: number;
}

/** Part of a stage's steps that a ramp takes where the spec does not say; the rest recovers. */
const RAMP = 2 / 3;

/**
 * The schedule of a stage. tfmot misses the final sparsity where `frequency` does not divide the ramp; here the last update always
 * happens, and asks for exactly the target.
 * @param totalSteps - optimizer steps of the stage
 */
export function resolveSchedule(
  schedule: Exclude<StageSchedule, { readonly rigL: unknown }>,
  sparsity: number,
  totalSteps: number,
): ResolvedSchedule {
  if (schedule === 'oneShot') {
    return { lastStep: 0, sparsityAt: () => sparsity, shouldPruneAt: (step) => step === 0 };
  }
  const { beginStep, endStep, frequency } = 'constant' in schedule ? schedule.constant : schedule.polynomialDecay;
  const asked = endStep ?? beginStep + Math.ceil((totalSteps - beginStep) * RAMP);
  const lastStep = Math.max(beginStep, Math.min(asked, Math.max(0, totalSteps - 1)));
  const inner =
    'constant' in schedule
      ? constantSparsity({ targetSparsity: sparsity, beginStep, endStep: lastStep, frequency })
      : polynomialDecay({
          ...schedule.polynomialDecay,
          finalSparsity: sparsity,
          endStep: Math.max(lastStep, beginStep + 1),
        });
  return {
    lastStep,
    sparsityAt: (step) => (step >= lastStep ? sparsity : inner.sparsityAt(step)),
    shouldPruneAt: (step) => step === lastStep || (step < lastStep && inner.shouldPruneAt(step)),
  };
}

export { constantSparsity } from './constant-sparsity.js';
export { polynomialDecay } from './polynomial-decay.js';
export { roundSparsities } from './round-sparsities.js';
export type { SparsitySchedule } from './schedule.js';
