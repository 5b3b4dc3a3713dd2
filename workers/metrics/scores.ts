import type { ObservationSummary } from '../../core/sweep/observation.js';
import { mainMetric, mainScore, taskOf } from '../../core/sweep/task.js';

/** More further metrics than this would be series that nobody looks at. */
const OWN_METRICS = 16;

/** What a gauge with a label `metric` tells of a model: the main metric of its task, and further ones that the spec names, in alphabetical order. */
export function scoresOf(summary: ObservationSummary): readonly (readonly [metric: string, value: number])[] {
  const own = Object.entries(summary.own ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return [[mainMetric(taskOf(summary)), mainScore(summary)], ...own.slice(0, OWN_METRICS)];
}
