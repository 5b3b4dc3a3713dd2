import type { FrontPoint } from '../../sweep/progress.js';
import type { Objective } from '../../sweep/spec.js';
import { dominates, objectivePoint } from './dominance.js';

/**
 * The points that no other one dominates, in their order; equal points all stay. A point with a number that is not finite
 * compares with nothing and is left out. The front of a front and new points is the front of all, so a sweep keeps no more.
 */
export function frontOf(points: readonly FrontPoint[], objectives: readonly Objective[]): FrontPoint[] {
  const known = points
    .map((point) => ({ point, at: objectivePoint(point.summary, objectives) }))
    .filter(({ at }) => at.every(Number.isFinite));
  return known.filter(({ at }) => !known.some((other) => dominates(other.at, at))).map(({ point }) => point);
}
