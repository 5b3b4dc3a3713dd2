import { type MetricInfo, metricInfo } from '../../core/report/metrics.js';
import type { ObservationSummary } from '../../core/sweep/observation.js';
import type { METRIC_NAMES, SweepSpec } from '../../core/sweep/spec.js';
import type { QualityMetric, TaskName } from '../../core/sweep/task.js';

type Costs = Exclude<Extract<keyof ObservationSummary, (typeof METRIC_NAMES)[number]>, QualityMetric | 'loss'>;

/** A size, a count of operations or a time. */
export type CostMetric = Omit<MetricInfo, 'name'> & { readonly name: Costs };

/** What only costs are measured in. */
const KINDS: readonly MetricInfo['kind'][] = ['count', 'bytes', 'milliseconds', 'seconds'];

/** The metrics of a spec's objectives, in their order. */
export function objectiveMetrics(objectives: SweepSpec['objectives'], task: TaskName): readonly MetricInfo[] {
  return objectives.map((each) => metricInfo('maximize' in each ? each.maximize : each.minimize, task));
}

/** The size or cost that a sweep is about: that of its first objective of this kind, or else the bytes after gzip. */
export function costMetric(objectives: SweepSpec['objectives'], task: TaskName): CostMetric {
  const cost = objectiveMetrics(objectives, task).find(isCost);
  return cost ?? { ...metricInfo('bytesGzip', task), name: 'bytesGzip' };
}

function isCost(metric: MetricInfo): metric is CostMetric {
  return KINDS.includes(metric.kind);
}
