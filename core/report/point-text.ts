import { type Choice, describeChoice, nameOf, settingsOf } from '../registry/index.js';
import { describeRecoveryExtras } from '../sweep/recovery.js';
import { type Rewind, roundsOf, type Schedule, withinStage } from '../sweep/schedule.js';
import type { Recovery } from '../sweep/spec.js';
import { describePoint } from '../sweep/starting-point.js';
import { formatQuantity } from './assets/format.js';

function epochs(n: number): string {
  return n === 1 ? '1 epoch' : `${n} epochs`;
}

/** How sparsity grows, in one line. */
export function scheduleText(schedule: Schedule): string {
  const rounds = roundsOf(schedule);
  if (rounds !== null) {
    const fixed = rounds.rate === 'fixed' ? ', each as much' : '';
    return `${rounds.rounds} rounds of ${epochs(rounds.epochsPerRound)}${fixed}, ${rewindText(rounds.rewind)}`;
  }
  const { schedule: own, from } = withinStage(schedule);
  const start = from === undefined ? '' : `, from ${describePoint(from)} of the dense training`;
  return `${choiceText(own)}${start}`;
}

function choiceText(choice: Choice): string {
  const { beginStep, frequency, initialSparsity, power } = settingsOf(choice);
  switch (nameOf(choice)) {
    case 'oneShot':
      return 'one-shot';
    case 'constant':
      return `constant, from step ${beginStep}, every ${frequency} steps`;
    case 'polynomialDecay':
      return `polynomial decay from ${formatQuantity(Number(initialSparsity), 'fraction')}, every ${frequency} steps, power ${power}`;
    default:
      return describeChoice(choice);
  }
}

/** What follows pruning, in one line. */
export function recoveryText(recovery: Recovery): string {
  const training = `${epochs(recovery.epochs)} at learning rate ${recovery.learningRate}`;
  return [training, ...describeRecoveryExtras(recovery)].join(', ');
}

function rewindText(rewind: Rewind): string {
  if (rewind === 'none') return 'no rewinding';
  if (rewind === 'learningRate') return 'the learning rate rewound';
  return rewind === 'random' ? 'weights drawn anew' : `rewound to ${describePoint(rewind)}`;
}
