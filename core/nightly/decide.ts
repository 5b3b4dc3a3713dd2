import { isMoreBetter, metricValue, objectiveMetric } from '../evaluation/pareto/dominance.js';
import { formatMetric } from '../evaluation/pareto/format.js';
import type { FrontPoint, Selection } from '../sweep/progress.js';
import type { MetricName, SweepSpec } from '../sweep/spec.js';
import { mainMetric, taskName } from '../sweep/task.js';
import { likeliestOf } from '../sweep/top-k.js';
import type { NightOpponent } from './night.js';

/** Accuracies are ratios of counts: a difference that equals the tolerance must not break it by a rounding. */
const ROUNDING = 1e-12;

/** What a night decides, and why. */
export interface NightDecision {
  readonly outcome: 'published' | 'kept';
  readonly reason: string;
}

/** What a decision is made from; both sides are measured on the data of the night. */
export interface NightCase {
  readonly spec: Pick<SweepSpec, 'select' | 'objectives' | 'task'>;
  readonly tolerance: number;
  readonly selection: Selection;
  /** The candidate that was selected; null where none keeps the constraints. */
  readonly selected: FrontPoint | null;
  /** What is published; null before the first publication. */
  readonly opponent: NightOpponent | null;
}

/**
 * Whether a night publishes: there is a candidate that keeps the constraints, and it is not worse than what is published by more than
 * the tolerance in the metric that is judged.
 */
export function decideNight({ spec, tolerance, selection, selected, opponent }: NightCase): NightDecision {
  const stays = opponent === null ? 'nothing is published' : `version ${opponent.version} stays`;
  if (selected === null) return { outcome: 'kept', reason: `${selection.reason} So ${stays}.` };
  const named = `${selected.id} (${selected.label})`;
  if (opponent === null)
    return { outcome: 'published', reason: `${named} keeps the constraints, and nothing was published before.` };
  const { metric, maximize } = judgedMetric(spec);
  const tonight = metricValue(selected.summary, metric);
  const before = metricValue(opponent.summary, metric);
  const allowed = isFraction(metric) ? tolerance : tolerance * Math.abs(before);
  const behind = maximize ? before - tonight : tonight - before;
  const numbers = `${metric} is ${formatMetric(metric, tonight)}, that of version ${opponent.version} on the same data ${formatMetric(metric, before)}`;
  const tolerated = tolerance === 0 ? '' : `, with a tolerance of ${formatMetric(metric, allowed)}`;
  // Written so that a number that is none falls behind.
  if (behind <= allowed + ROUNDING)
    return { outcome: 'published', reason: `${named} does not fall behind: ${numbers}${tolerated}.` };
  return { outcome: 'kept', reason: `${named} falls behind: ${numbers}${tolerated}. So ${stays}.` };
}

/** Whether the tolerance is one of the metric itself, and not relative to what is published. */
function isFraction(metric: MetricName): boolean {
  return metric === 'accuracy' || likeliestOf(metric) !== null || metric === 'macroF1' || metric === 'r2';
}

/** The metric that a publication is judged by: that of `select.best`, else of the first objective. */
export function judgedMetric({ select, objectives, task }: Pick<SweepSpec, 'select' | 'objectives' | 'task'>): {
  readonly metric: MetricName;
  readonly maximize: boolean;
} {
  const [first] = objectives;
  if (select !== 'knee' || first === undefined) {
    const metric = select === 'knee' ? mainMetric(taskName(task)) : select.best;
    return { metric, maximize: isMoreBetter(metric, objectives) };
  }
  return objectiveMetric(first);
}
