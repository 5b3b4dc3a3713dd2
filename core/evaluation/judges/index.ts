import type { PreparedData } from '../../datasets/prepare.js';
import type { Task } from '../../sweep/task.js';
import { createTaskLoss } from '../../training/objectives/losses/index.js';
import { OWN_METRICS } from '../own-metrics/index.js';
import { classification } from './classification.js';
import type { Judge } from './judge.js';
import { reconstruction } from './reconstruction.js';
import { regression } from './regression.js';
import { withOwnMetrics } from './with-own-metrics.js';

/**
 * What judges the models of a task on a data set.
 * @param metrics - names of metrics of plugins that it gives beside those of the task
 */
export function createJudge(
  task: Task | undefined,
  data: Pick<PreparedData, 'x'>,
  metrics: readonly string[] = [],
): Judge {
  const judge = judgeOf(task, data);
  if (metrics.length === 0) return judge;
  return withOwnMetrics(
    judge,
    metrics.map((name) => OWN_METRICS.get(name)),
  );
}

function judgeOf(task: Task | undefined, { x }: Pick<PreparedData, 'x'>): Judge {
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

export { type Judge, judged, type Tally } from './judge.js';
