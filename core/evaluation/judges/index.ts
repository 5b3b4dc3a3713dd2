import type { PreparedData } from '../../datasets/prepare.js';
import { type Task, taskName } from '../../sweep/task.js';
import { createLoss, createTaskLoss } from '../../training/objectives/losses/index.js';
import { type ScoredTask, scoredMetrics } from '../metrics/index.js';
import type { Judge } from './judge.js';
import { metricsJudge } from './metrics-judge.js';
import { posingOf } from './posing.js';

/**
 * What judges the models of a task on a data set.
 * @param metrics - names of further metrics that it gives beside those of the task
 * @throws PrunefrontError `PRUNEFRONT_UNKNOWN_PIECE`
 */
export function createJudge(
  task: Task | undefined,
  data: Pick<PreparedData, 'x'>,
  metrics: readonly string[] = [],
): Judge {
  return metricsJudge(posingOf(task), scoredMetrics(taskName(task), metrics), scoredTask(task, data));
}

function scoredTask(task: Task | undefined, { x }: Pick<PreparedData, 'x'>): ScoredTask {
  let range: number | null = null;
  return {
    loss: task === undefined ? createLoss('softmaxCrossEntropy') : createTaskLoss(task),
    get range() {
      range ??= rangeOf(x);
      return range;
    },
  };
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
