import type { ObservationSummary } from '../../sweep/observation.js';
import type { FrontPoint } from '../../sweep/progress.js';
import type { Objective } from '../../sweep/spec.js';
import { isErrorMetric, isQualityMetric } from '../../sweep/task.js';
import { metricValue, objectiveMetric } from './dominance.js';
import { hypervolume } from './hypervolume.js';

/**
 * Hypervolume of a front in units of the dense baseline, so that sweeps of different models compare. A minimised metric is
 * divided by the baseline's: 1 is dense, 0 costs nothing. Of a maximised one, what is missing to the baseline counts: 0 is as
 * good as dense, 1 is nothing; an R² below 0 counts as 0. The loss stands for the likelihood exp(-loss), because a ratio of losses has
 * no bound, and an error for exp(-error / error of the baseline). The reference is 1 on every axis: 0 is a front that saves nothing, 1
 * would be a free model as good as the dense one, and better than dense can exceed 1.
 */
export function frontHypervolume(
  points: readonly FrontPoint[],
  objectives: readonly Objective[],
  baseline: FrontPoint,
): number {
  const normalised = points.map(({ summary }) =>
    objectives.map((objective) => relative(summary, objective, baseline.summary)),
  );
  return hypervolume(
    normalised,
    objectives.map(() => 1),
  );
}

function relative(summary: ObservationSummary, objective: Objective, baseline: ObservationSummary): number {
  const { metric, maximize } = objectiveMetric(objective);
  const likelihood = !maximize && (metric === 'loss' || (isQualityMetric(metric) && isErrorMetric(metric)));
  const before = metricValue(baseline, metric);
  const likely = (found: number): number => Math.exp(-found / (metric === 'loss' || before === 0 ? 1 : before));
  const counted = (found: number): number => (metric === 'r2' ? Math.max(0, found) : found);
  const [value, dense] = [metricValue(summary, metric), before].map(likelihood ? likely : counted) as [number, number];
  // A baseline of zero (an accuracy of 0, an unmeasured cost) has no ratio; the value itself is all there is to say.
  const ratio = dense === 0 ? value : value / dense;
  return maximize || likelihood ? 1 - ratio : ratio;
}
