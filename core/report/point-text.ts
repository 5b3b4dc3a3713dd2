import { describeChoice, nameOf, settingsOf } from '../registry/index.js';
import type { CompressionPipeline } from '../sweep/compression.js';
import { describeRecoveryExtras } from '../sweep/recovery.js';
import { describePoint, isEarly, isIterative, type Rewind, type Schedule, withinStage } from '../sweep/schedule.js';
import type { Recovery } from '../sweep/spec.js';

function epochs(n: number): string {
  return n === 1 ? '1 epoch' : `${n} epochs`;
}

/** How sparsity grows, in one line. */
export function scheduleText(schedule: Schedule): string {
  if (isIterative(schedule)) {
    const { rounds, rate = 'geometric', rewind, epochsPerRound } = schedule.iterative;
    return `${rounds} rounds of ${epochs(epochsPerRound)} at a ${rate} rate, ${rewindText(rewind)}`;
  }
  const settings = Object.entries(settingsOf(withinStage(schedule)))
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `, ${name} ${value}`);
  const start = isEarly(schedule) ? `, from ${describePoint(schedule.from)} of the dense training` : '';
  return `${nameOf(withinStage(schedule))}${settings.join('')}${start}`;
}

/** What follows pruning, in one line. */
export function recoveryText(recovery: Recovery): string {
  const training = `${epochs(recovery.epochs)} at learning rate ${recovery.learningRate}`;
  return [training, ...describeRecoveryExtras(recovery)].join(', ');
}

/** Compressions beside pruning, in one line. */
export function compressionText({ steps, fineTune }: CompressionPipeline): string {
  const tuned =
    fineTune === undefined ? '' : `, each with ${epochs(fineTune.epochs)} at learning rate ${fineTune.learningRate}`;
  return `${steps.map(describeChoice).join(', then ')}${tuned}`;
}

function rewindText(rewind: Rewind): string {
  if (rewind === 'none') return 'no rewinding';
  if (rewind === 'learningRate') return 'the learning rate rewound';
  return rewind === 'random' ? 'weights drawn anew' : `rewound to ${describePoint(rewind)}`;
}
