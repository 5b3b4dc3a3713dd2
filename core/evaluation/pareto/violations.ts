import type { ObservationSummary } from '../../sweep/observation.js';
import type { FrontPoint } from '../../sweep/progress.js';
import type { Constraint } from '../../sweep/spec.js';
import { metricValue } from './dominance.js';
import { formatMetric, formatNumber } from './format.js';

/** Accuracies are ratios of counts: a drop of exactly 0.01 must not break a limit of 0.01 by a rounding of the difference. */
const ROUNDING = 1e-12;

/** The constraints that a summary breaks, each in words with its numbers; empty where it keeps them all. */
export function violations(
  summary: ObservationSummary,
  constraints: readonly Constraint[],
  baseline: FrontPoint,
): string[] {
  return constraints.flatMap((constraint) => {
    if ('accuracyDrop' in constraint) {
      const drop = metricValue(baseline.summary, 'accuracy') - metricValue(summary, 'accuracy');
      const { atMost } = constraint.accuracyDrop;
      return drop <= atMost + ROUNDING
        ? []
        : [`accuracy drops by ${formatNumber(drop)}, at most ${formatNumber(atMost)} is allowed`];
    }
    const { name, atMost, atLeast } = constraint.metric;
    const value = metricValue(summary, name);
    return [
      ...(atMost === undefined || value <= atMost
        ? []
        : [`${name} is ${formatMetric(name, value)}, at most ${formatMetric(name, atMost)} is allowed`]),
      ...(atLeast === undefined || value >= atLeast
        ? []
        : [`${name} is ${formatMetric(name, value)}, at least ${formatMetric(name, atLeast)} is asked for`]),
    ];
  });
}
