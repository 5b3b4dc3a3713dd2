import { describeChoice } from '../registry/index.js';
import { type Rewind, roundsOf, type Schedule, scheduleName, startingPointOf, withinStage } from '../sweep/schedule.js';
import { describePoint } from '../sweep/starting-point.js';

/** Names of schedules that read better otherwise. */
const WORDS: Readonly<Record<string, string>> = { oneShot: 'one-shot', polynomialDecay: 'polynomial', rigL: 'RigL' };

/**
 * `one-shot`, `one-shot from the start`, `polynomial`, `RigL`, `3 rounds, rewound to the start`. Where the space has others of the same
 * name, the settings tell them apart.
 */
export function describeSchedule(schedule: Schedule, among: readonly Schedule[] = []): string {
  const short = shortText(schedule);
  return among.filter((other) => shortText(other) === short).length > 1 ? longText(schedule) : short;
}

function shortText(schedule: Schedule): string {
  const name = scheduleName(schedule);
  const rounds = roundsOf(schedule);
  return rounds === null
    ? `${WORDS[name] ?? name}${startText(schedule)}`
    : `${rounds.rounds} rounds${describeRewind(rounds.rewind)}`;
}

function longText(schedule: Schedule): string {
  const rounds = roundsOf(schedule);
  if (rounds === null) return `${describeChoice(withinStage(schedule).schedule)}${startText(schedule)}`;
  const { rate = 'geometric', epochsPerRound, fineTune } = rounds;
  const last = fineTune.epochs === 0 ? 'no last one' : `${fineTune.epochs} at ${fineTune.learningRate}`;
  return `${shortText(schedule)}, ${rate}, ${epochsPerRound} epochs each, ${last}`;
}

function startText(schedule: Schedule): string {
  const point = startingPointOf(schedule);
  return point === null ? '' : ` from ${describePoint(point)}`;
}

function describeRewind(rewind: Rewind): string {
  if (rewind === 'none') return '';
  if (rewind === 'learningRate') return ', learning rate rewound';
  return rewind === 'random' ? ', drawn anew' : `, rewound to ${describePoint(rewind)}`;
}
