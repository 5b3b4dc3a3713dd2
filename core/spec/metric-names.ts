import { METRICS } from '../evaluation/metrics/index.js';
import { isOwnMetric, METRIC_NAMES, type MetricName } from '../sweep/spec.js';

/** Every metric that a spec can name, first those that observations have unasked. Those of plugins are registered when this is first called. */
export function metricNames(): MetricName[] {
  return [...METRIC_NAMES, ...METRICS.names().filter(isOwnMetric)];
}
