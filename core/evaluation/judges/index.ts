import type { PreparedData } from '../../datasets/prepare.js';
import type { Task } from '../../sweep/task.js';
import { createTaskLoss } from '../../training/objectives/losses/index.js';
import { classification } from './classification.js';
import type { Judge } from './judge.js';
import { reconstruction } from './reconstruction.js';
import { regression } from './regression.js';

/** What judges the models of a task on a data set. */
export function createJudge(task: Task | undefined, { x }: Pick<PreparedData, 'x'>): Judge {
  if (task === undefined) return classification;
  if ('regression' in task) return regression(createTaskLoss(task));
  return reconstruction(createTaskLoss(task), task.reconstruction.noise, rangeOf(x));
}

/** Largest minus smallest input; of bytes, which become 0 to 1, always 1. */
function rangeOf(x: Uint8Array | Float32Array): number {
  if (x instanceof Uint8Array) return 1;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of x) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high > low ? high - low : 1;
}

export type { Judge, Tally } from './judge.js';
