import { type Choice, nameOf } from '../registry/index.js';
import type { StartingPoint } from './starting-point.js';

/**
 * What each round goes back to after its pruning: nothing, the initial weights or those after an epoch, the baseline's learning rate with
 * the weights as they are, or weights that are drawn anew.
 */
export type Rewind = 'none' | StartingPoint | 'learningRate' | 'random';

/** Rounds of pruning and retraining: a stage each, then a last fine-tuning. */
export interface Rounds {
  readonly rounds: number;
  /** Absent is geometric: each prunes the same part of what is left; at a fixed rate each prunes as much. */
  readonly rate?: 'geometric' | 'fixed';
  readonly rewind: Rewind;
  /** Epochs of retraining after each round's pruning, at `recovery.learningRate`. */
  readonly epochsPerRound: number;
  /** The last fine-tuning at a lower learning rate; `epochs: 0` leaves it out. */
  readonly fineTune: { readonly epochs: number; readonly learningRate: number };
}

/** A schedule of one stage that starts from earlier weights of the baseline than the trained ones. */
export interface EarlySchedule {
  readonly from: StartingPoint;
  readonly schedule: Choice;
}

/** How sparsity grows: by a registered piece within one stage, or in rounds. */
export type Schedule = Choice | EarlySchedule | { readonly iterative: Rounds };

/** The rounds of an iterative schedule; null for all others. */
export function roundsOf(schedule: Schedule): Rounds | null {
  return typeof schedule === 'object' && Object.hasOwn(schedule, 'iterative')
    ? (schedule as { readonly iterative: Rounds }).iterative
    : null;
}

/** How sparsity grows within a stage, and where the stage starts if not at its parent's weights; within the rounds of an iterative one it is at once. */
export function withinStage(schedule: Schedule): { readonly schedule: Choice; readonly from?: StartingPoint } {
  if (roundsOf(schedule) !== null) return { schedule: 'oneShot' };
  return isEarly(schedule) ? { schedule: schedule.schedule, from: schedule.from } : { schedule: schedule as Choice };
}

/** The earlier weights of the baseline that a schedule goes back to; null where it needs none. */
export function startingPointOf(schedule: Schedule): StartingPoint | null {
  const rewind = roundsOf(schedule)?.rewind ?? withinStage(schedule).from;
  return rewind === 'start' || typeof rewind === 'object' ? rewind : null;
}

/** The key under which a spec tells a schedule: `iterative`, or the name of its piece. */
export function scheduleName(schedule: Schedule): string {
  return roundsOf(schedule) === null ? nameOf(withinStage(schedule).schedule) : 'iterative';
}

function isEarly(schedule: Schedule): schedule is EarlySchedule {
  return typeof schedule === 'object' && Object.hasOwn(schedule, 'from') && Object.hasOwn(schedule, 'schedule');
}
