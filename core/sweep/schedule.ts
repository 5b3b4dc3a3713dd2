import { type Choice, describeChoice, nameOf, settingsOf } from '../registry/index.js';

/** Weights of the baseline: the initial ones, or those after an epoch. */
export type StartingPoint = 'start' | { readonly epoch: number };

/**
 * What each round goes back to after its pruning: nothing, the initial weights or those after an epoch, the baseline's learning rate with
 * the weights as they are, or weights that are drawn anew.
 */
export type Rewind = 'none' | StartingPoint | 'learningRate' | 'random';

/** Rounds of pruning, each a stage of its own. */
export interface IterativeSchedule {
  readonly iterative: {
    readonly rounds: number;
    /** Whether each round prunes the same part of what is left, or as much as each other one; absent is geometric. */
    readonly rate?: 'geometric' | 'fixed';
    readonly rewind: Rewind;
    /** Epochs of retraining after each round's pruning, at `recovery.learningRate`. */
    readonly epochsPerRound: number;
    /** The last fine-tuning at a lower learning rate; `epochs: 0` leaves it out. */
    readonly fineTune: { readonly epochs: number; readonly learningRate: number };
  };
}

/** A schedule that starts from earlier weights of the baseline in place of its trained ones: pruning at initialisation. */
export interface EarlySchedule {
  readonly from: StartingPoint;
  readonly schedule: Choice;
}

/** How sparsity grows: a registered schedule within one stage, from the trained weights or earlier ones, or rounds. */
export type Schedule = Choice | IterativeSchedule | EarlySchedule;

/** Whether a schedule is one of rounds. */
export function isIterative(schedule: Schedule): schedule is IterativeSchedule {
  return typeof schedule === 'object' && 'iterative' in schedule;
}

/** Whether a schedule starts from earlier weights. */
export function isEarly(schedule: Schedule): schedule is EarlySchedule {
  return typeof schedule === 'object' && 'from' in schedule && 'schedule' in schedule;
}

/** The schedule within each stage: that of each round is one-shot. */
export function withinStage(schedule: Schedule): Choice {
  if (isIterative(schedule)) return 'oneShot';
  return isEarly(schedule) ? schedule.schedule : schedule;
}

/** The earlier weights of the baseline that a schedule goes back to; null where it needs none. */
export function startingPointOf(schedule: Schedule): StartingPoint | null {
  if (isEarly(schedule)) return schedule.from;
  if (!isIterative(schedule)) return null;
  const { rewind } = schedule.iterative;
  return rewind === 'start' || typeof rewind === 'object' ? rewind : null;
}

/** The epoch after which the baseline had these weights; 0 is its start. */
export function epochOf(point: StartingPoint): number {
  return point === 'start' ? 0 : point.epoch;
}

/** `the start`, `epoch 2`. */
export function describePoint(point: StartingPoint): string {
  return point === 'start' ? 'the start' : `epoch ${point.epoch}`;
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  oneShot: 'one-shot',
  polynomialDecay: 'polynomial',
  rigL: 'RigL',
};

/** `one-shot`, `one-shot from the start`, `polynomial`, `constant`, `RigL`, `3 rounds, rewound to the start`. */
export function describeSchedule(schedule: Schedule): string {
  if (isIterative(schedule)) {
    const { rounds, rate = 'geometric', rewind } = schedule.iterative;
    return `${rounds} rounds${rate === 'fixed' ? ' at a fixed rate' : ''}${describeRewind(rewind)}`;
  }
  const name = nameOf(withinStage(schedule));
  const from = isEarly(schedule) ? ` from ${describePoint(schedule.from)}` : '';
  return `${SHORT_NAMES[name] ?? name}${from}`;
}

/** The same, with the settings where `all` has others that would read alike. */
export function describeScheduleAmong(schedule: Schedule, all: readonly Schedule[]): string {
  const short = describeSchedule(schedule);
  const isAlone = all.filter((other) => describeSchedule(other) === short).length < 2;
  const more = isAlone ? '' : details(schedule);
  return more === '' ? short : `${short} (${more})`;
}

function details(schedule: Schedule): string {
  if (!isIterative(schedule)) {
    const choice = withinStage(schedule);
    return Object.keys(settingsOf(choice)).length === 0 ? '' : describeChoice(choice);
  }
  const { epochsPerRound, fineTune } = schedule.iterative;
  return `${epochsPerRound} epochs each, then ${fineTune.epochs} at ${fineTune.learningRate}`;
}

function describeRewind(rewind: Rewind): string {
  if (rewind === 'none') return '';
  if (rewind === 'learningRate') return ', learning rate rewound';
  return rewind === 'random' ? ', drawn anew' : `, rewound to ${describePoint(rewind)}`;
}
