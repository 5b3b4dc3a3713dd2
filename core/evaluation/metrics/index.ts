import { Registry } from '../../registry/index.js';
import { TASK_METRICS, type TaskName } from '../../sweep/task.js';
import { TOP_K } from '../../sweep/top-k.js';
import { accuracy, macroF1 } from './classification.js';
import { loss } from './loss.js';
import type { MetricPiece } from './metric-piece.js';
import { mse, psnr } from './reconstruction.js';
import { mae, r2 } from './regression.js';
import { topK } from './top-k.js';

/** Every metric of outputs: those of the tasks, which every score has, and further ones, also of plugins, which specs ask for. */
export const METRICS = new Registry<MetricPiece>('metric', [
  ...[accuracy, ...TOP_K.map(topK), macroF1],
  ...[r2, mae, psnr, mse, loss],
]);

/**
 * The metrics of a score: the loss, those of the task, and further ones.
 * @param further - names of those that a spec asks for beside them
 * @throws PrunefrontError `PRUNEFRONT_UNKNOWN_PIECE`
 */
export function scoredMetrics(task: TaskName, further: readonly string[]): readonly MetricPiece[] {
  return [loss, ...[...TASK_METRICS[task], ...further].map((name) => METRICS.get(name))];
}

export { meanOf } from './mean.js';
export type { MetricPiece, ScoredTask } from './metric-piece.js';
