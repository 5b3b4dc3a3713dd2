import { type Choice, nameOf, Registry, settingsOf } from '../../registry/index.js';
import { constant } from './constant-sparsity.js';
import { cosine } from './cosine.js';
import { exponential } from './exponential.js';
import { linear } from './linear.js';
import { oneShot } from './one-shot.js';
import { polynomial } from './polynomial-decay.js';
import { rigL } from './rig-l.js';
import type { ResolvedSchedule, SchedulePiece } from './schedule.js';

/** Every schedule within a stage; rounds are stages of their own. */
export const SCHEDULES = new Registry<SchedulePiece>('schedule', [
  oneShot,
  constant,
  linear,
  polynomial,
  exponential,
  cosine,
  rigL,
]);

/**
 * The schedule of a stage.
 * @param totalSteps - optimizer steps of the stage
 */
export function resolveSchedule(schedule: Choice, sparsity: number, totalSteps: number): ResolvedSchedule {
  return SCHEDULES.get(nameOf(schedule)).resolve(settingsOf(schedule), { sparsity, totalSteps });
}

export { dropAndGrow } from './drop-and-grow.js';
export { roundSparsities } from './round-sparsities.js';
export type { ResolvedSchedule, SchedulePiece } from './schedule.js';
