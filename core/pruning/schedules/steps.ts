import { numberOf, numberOrNull, type Setting, type Settings } from '../../registry/index.js';
import { onRaster, type ResolvedSchedule, type ScheduleGoal, type SparsitySchedule } from './schedule.js';

/** When a schedule updates masks, as tfmot counts steps. */
export interface Steps {
  readonly beginStep: number;
  /** The last update; not before `beginStep`, and within the stage. */
  readonly endStep: number;
  readonly frequency: number;
}

/** Part of a stage's steps that a ramp takes where the spec does not say; the rest recovers. */
const RAMP = 2 / 3;

/** What specs say of a schedule's steps. */
export const STEP_SETTINGS: Readonly<Record<string, Setting>> = {
  beginStep: {
    kind: 'number',
    description: 'Optimizer step of the first update.',
    default: 0,
    minimum: 0,
    integer: true,
  },
  endStep: {
    kind: 'number',
    description: 'Optimizer step of the last update; without it two thirds of the steps that are left.',
    default: null,
    nullable: true,
    minimum: 0,
    integer: true,
  },
  frequency: {
    kind: 'number',
    description: 'Optimizer steps from one update to the next.',
    default: 100,
    minimum: 1,
    integer: true,
  },
};

/** What specs say of a schedule that starts below its target. */
export const RAMP_SETTINGS: Readonly<Record<string, Setting>> = {
  initialSparsity: {
    kind: 'number',
    description: 'Sparsity at `beginStep`.',
    default: 0,
    minimum: 0,
    maximum: 1,
    exclusive: 'maximum',
  },
  ...STEP_SETTINGS,
};

/** The steps of a stage's schedule. */
export function stepsOf(settings: Settings, totalSteps: number): Steps {
  const beginStep = numberOf(settings, 'beginStep');
  const asked = numberOrNull(settings, 'endStep') ?? beginStep + Math.ceil((totalSteps - beginStep) * RAMP);
  const endStep = Math.max(beginStep, Math.min(asked, Math.max(0, totalSteps - 1)));
  return { beginStep, endStep, frequency: numberOf(settings, 'frequency') };
}

/** How far a step is between begin and end, 0 to 1, in float32 as tfmot computes it; a ramp of a single step ends at it. */
export function progressAt(step: number, beginStep: number, endStep: number): number {
  if (step === endStep) return 1;
  const f = Math.fround;
  return Math.min(1, Math.max(0, f(f(step - beginStep) / f(endStep - beginStep))));
}

/**
 * A schedule whose last update always happens, and asks for exactly the target. tfmot misses the final sparsity where `frequency` does not
 * divide the ramp.
 */
export function reaching(sparsity: number, lastStep: number, inner: SparsitySchedule): ResolvedSchedule {
  return {
    lastStep,
    sparsityAt: (step) => (step >= lastStep ? sparsity : inner.sparsityAt(step)),
    shouldPruneAt: (step) => step === lastStep || (step < lastStep && inner.shouldPruneAt(step)),
  };
}

/**
 * A schedule that goes from its initial sparsity to the target.
 * @param curve - sparsity by how far it is, 0 to 1, from the initial one and the target
 */
export function ramp(
  settings: Settings,
  { sparsity, totalSteps }: ScheduleGoal,
  curve: (progress: number, initial: number, final: number) => number,
): ResolvedSchedule {
  const { beginStep, endStep, frequency } = stepsOf(settings, totalSteps);
  const initial = numberOf(settings, 'initialSparsity');
  return reaching(sparsity, endStep, {
    sparsityAt: (step) => Math.fround(curve(progressAt(step, beginStep, endStep), initial, sparsity)),
    shouldPruneAt: (step) => onRaster(step, beginStep, endStep, frequency),
  });
}
