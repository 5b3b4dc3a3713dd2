import type { ObservationSummary } from '../../sweep/observation.js';
import type { FrontPoint } from '../../sweep/progress.js';
import type { Objective } from '../../sweep/spec.js';
import { objectiveMetric } from './dominance.js';
import { hypervolume } from './hypervolume.js';

/**
 * Hypervolume of a front in units of the dense baseline, so that sweeps of different models compare. A minimised metric is
 * divided by the baseline's: 1 is dense, 0 costs nothing. Of a maximised one, what is missing to the baseline counts: 0 is as
 * good as dense, 1 is nothing. The loss stands for the likelihood exp(-loss), because a ratio of losses has no bound. The
 * reference is 1 on every axis: 0 is a front that saves nothing, 1 would be a free model as good as the dense one, and better
 * than dense can exceed 1.
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
  const likelihood = metric === 'loss' && !maximize;
  const value = likelihood ? Math.exp(-summary.loss) : summary[metric];
  const dense = likelihood ? Math.exp(-baseline.loss) : baseline[metric];
  // A baseline of zero (an accuracy of 0, an unmeasured cost) has no ratio; the value itself is all there is to say.
  const ratio = dense === 0 ? value : value / dense;
  return maximize || likelihood ? 1 - ratio : ratio;
}
