import type { ObservationSummary } from '../../sweep/observation.js';
import { isOwnMetric, type MetricName, type Objective } from '../../sweep/spec.js';
import { isErrorMetric, isQualityMetric } from '../../sweep/task.js';
import { likeliestOf } from '../../sweep/top-k.js';

/** Whether more of a metric is better: of one of a plugin as an objective has it; of others less is of costs and errors. */
export function isMoreBetter(metric: MetricName, objectives: readonly Objective[]): boolean {
  if (likeliestOf(metric) !== null) return true;
  const named = objectives.map(objectiveMetric).find((objective) => objective.metric === metric);
  if (named !== undefined && isOwnMetric(metric)) return named.maximize;
  return isQualityMetric(metric) && !isErrorMetric(metric);
}

/** A number of a summary; NaN where its task has no such metric. */
export function metricValue(summary: ObservationSummary, metric: MetricName): number {
  return (isOwnMetric(metric) ? summary.own?.[metric] : summary[metric]) ?? Number.NaN;
}

/** The metric of an objective and whether more of it is better. */
export function objectiveMetric(objective: Objective): { readonly metric: MetricName; readonly maximize: boolean } {
  return 'maximize' in objective
    ? { metric: objective.maximize, maximize: true }
    : { metric: objective.minimize, maximize: false };
}

/** A summary as a point in objective space, every coordinate to be minimised. */
export function objectivePoint(summary: ObservationSummary, objectives: readonly Objective[]): number[] {
  return objectives.map((objective) => {
    const { metric, maximize } = objectiveMetric(objective);
    const value = metricValue(summary, metric);
    return maximize ? -value : value;
  });
}

/** Whether `a` is nowhere worse than `b` and somewhere better; every coordinate is minimised. Equal points do not dominate. */
export function dominates(a: readonly number[], b: readonly number[]): boolean {
  let better = false;
  for (const [axis, value] of a.entries()) {
    const other = b[axis] ?? Number.NaN;
    if (!(value <= other)) return false;
    if (value < other) better = true;
  }
  return better;
}
