import { Registry } from '../../registry/index.js';
import { TASK_METRICS, type TaskName } from '../../sweep/task.js';
import { accuracy, macroF1, top5 } from './classification.js';
import { loss } from './loss.js';
import type { MetricPiece } from './metric-piece.js';
import { mse, psnr } from './reconstruction.js';
import { mae, r2 } from './regression.js';

/** Every metric of outputs: those of the tasks, which every score has, and those of plugins, which specs ask for. */
export const METRICS = new Registry<MetricPiece>('metric', [accuracy, top5, macroF1, r2, mae, psnr, mse, loss]);

/**
 * The metrics of a score: the loss, those of the task, and others.
 * @param others - names of metrics of plugins
 * @throws PrunefrontError `PRUNEFRONT_UNKNOWN_PIECE`
 */
export function scoredMetrics(task: TaskName, others: readonly string[]): readonly MetricPiece[] {
  return [loss, ...[...TASK_METRICS[task], ...others].map((name) => METRICS.get(name))];
}

export { meanOf } from './mean.js';
export type { MetricPiece, ScoredTask } from './metric-piece.js';
