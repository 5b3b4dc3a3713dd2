import { describeRecoveryExtras } from '../sweep/recovery.js';
import type { Recovery, Rewind, Schedule } from '../sweep/spec.js';
import { describePoint, startingPointOf } from '../sweep/starting-point.js';
import { formatQuantity } from './assets/format.js';

function epochs(n: number): string {
  return n === 1 ? '1 epoch' : `${n} epochs`;
}

/** How sparsity grows, in one line. */
export function scheduleText(schedule: Schedule): string {
  if (schedule === 'oneShot') return 'one-shot';
  if ('constant' in schedule)
    return `constant, from step ${schedule.constant.beginStep}, every ${schedule.constant.frequency} steps`;
  if ('polynomialDecay' in schedule) {
    const { initialSparsity, frequency, power } = schedule.polynomialDecay;
    return `polynomial decay from ${formatQuantity(initialSparsity, 'fraction')}, every ${frequency} steps, power ${power}`;
  }
  if ('iterative' in schedule) {
    const { rounds, rewind, epochsPerRound } = schedule.iterative;
    return `${rounds} rounds of ${epochs(epochsPerRound)}, ${rewindText(rewind)}`;
  }
  const point = startingPointOf(schedule);
  const start = point === null ? '' : `, from ${describePoint(point)} of the dense training`;
  if (!('rigL' in schedule)) return `one-shot${start}`;
  const { frequency, dropFraction, endFraction } = schedule.rigL;
  const exchanged = `${formatQuantity(dropFraction, 'fraction')} of the weights`;
  return `RigL, every ${frequency} steps up to ${formatQuantity(endFraction, 'fraction')} of the training, at first ${exchanged}${start}`;
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
