import type { FrontPoint, Selection } from '../../sweep/progress.js';
import type { Constraint, MetricName, Objective, SelectPolicy } from '../../sweep/spec.js';
import { mainScore } from '../../sweep/task.js';
import { isMoreBetter, metricValue, objectiveMetric, objectivePoint } from './dominance.js';
import { formatMetric, formatNumber } from './format.js';
import { type KneeScore, kneeScores } from './knee.js';
import { violations } from './violations.js';

/**
 * Picks one candidate of the front by the policy, among those that keep every constraint. The dense baseline may be on the
 * front and then shapes it, but it is never the one picked: a sweep is asked for something smaller.
 */
export function selectCandidate(
  front: readonly FrontPoint[],
  policy: SelectPolicy,
  constraints: readonly Constraint[],
  objectives: readonly Objective[],
  baseline: FrontPoint,
): Selection {
  const candidates = front.filter(({ id }) => id !== baseline.id);
  if (candidates.length === 0) return { id: null, reason: 'No candidate is on the front.' };
  const allowed = candidates.filter(({ summary }) => violations(summary, constraints, baseline).length === 0);
  if (allowed.length === 0) return { id: null, reason: noneAllowed(candidates, constraints, objectives, baseline) };
  return policy === 'knee'
    ? knee(front, allowed, objectives, baseline)
    : best(allowed, policy.best, objectives, baseline);
}

function knee(
  front: readonly FrontPoint[],
  allowed: readonly FrontPoint[],
  objectives: readonly Objective[],
  baseline: FrontPoint,
): Selection {
  const scores = kneeScores(front.map(({ summary }) => objectivePoint(summary, objectives)));
  const scored = allowed.map((point) => ({ point, score: scores.values[front.indexOf(point)] ?? UNSCORED }));
  const picked = scored.reduce((a, b) => (isBetter(b.score, a.score) ? b : a));
  const names = listed(objectives.map((objective) => objectiveMetric(objective).metric));
  const among =
    allowed.length === front.length
      ? plural(front.length, 'point')
      : `${plural(front.length, 'point')}, of which ${allowed.length} may be picked`;
  if (allowed.length === 1) {
    const only =
      front.length === 1 ? 'is the only point of the front' : 'is the only one of the front that may be picked';
    return {
      id: picked.point.id,
      reason: `${named(picked.point)} ${only}. ${numbers(picked.point, objectives, baseline)}`,
    };
  }
  const how =
    scores.by === 'line'
      ? `farthest (${formatNumber(picked.score.distance)}) from the line between the extremes`
      : `nearest (${formatNumber(picked.score.toIdeal)}) to the ideal point`;
  return {
    id: picked.point.id,
    reason: `Knee: ${named(picked.point)} lies ${how} of the front (${among}), normalised over ${names}. ${numbers(picked.point, objectives, baseline)}`,
  };
}

const UNSCORED: KneeScore = { distance: Number.NEGATIVE_INFINITY, toIdeal: Number.POSITIVE_INFINITY };

function isBetter(a: KneeScore, b: KneeScore): boolean {
  return a.distance !== b.distance ? a.distance > b.distance : a.toIdeal < b.toIdeal;
}

function best(
  allowed: readonly FrontPoint[],
  metric: MetricName,
  objectives: readonly Objective[],
  baseline: FrontPoint,
): Selection {
  const sign = isMoreBetter(metric, objectives) ? -1 : 1;
  const found = ({ summary }: FrontPoint): number => metricValue(summary, metric);
  const picked = allowed.reduce((a, b) => (sign * found(b) < sign * found(a) ? b : a));
  const superlative = sign < 0 ? 'highest' : 'lowest';
  return {
    id: picked.id,
    reason: `Best ${metric}: ${named(picked)} has the ${superlative}, ${formatMetric(metric, found(picked))}, of the ${plural(allowed.length, 'candidate')} of the front that ${allowed.length === 1 ? 'keeps' : 'keep'} the constraints. ${numbers(picked, objectives, baseline)}`,
  };
}

function noneAllowed(
  candidates: readonly FrontPoint[],
  constraints: readonly Constraint[],
  objectives: readonly Objective[],
  baseline: FrontPoint,
): string {
  const broken = candidates.map((point) => ({ point, broken: violations(point.summary, constraints, baseline) }));
  // The one that breaks the fewest, then the best by the task's main metric, is the one that a person would look at next.
  const nearest = broken.reduce((a, b) =>
    b.broken.length < a.broken.length ||
    (b.broken.length === a.broken.length && mainScore(b.point.summary) > mainScore(a.point.summary))
      ? b
      : a,
  );
  return `None of the ${plural(candidates.length, 'candidate')} of the front keeps the constraints. Nearest is ${named(nearest.point)}: ${nearest.broken.join('; ')}. ${numbers(nearest.point, objectives, baseline)}`;
}

/** The objectives of a point with the baseline's beside them. */
function numbers(point: FrontPoint, objectives: readonly Objective[], baseline: FrontPoint): string {
  const metrics = objectives.map((objective) => objectiveMetric(objective).metric);
  const texts = metrics.map((metric) => {
    const [value, dense] = [point, baseline].map(({ summary }) => formatMetric(metric, metricValue(summary, metric)));
    return `${metric} ${value} (dense ${dense})`;
  });
  return `${texts.join(', ')}.`;
}

function named({ id, label }: FrontPoint): string {
  return label === id || label === '' ? id : `${id} (${label})`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
