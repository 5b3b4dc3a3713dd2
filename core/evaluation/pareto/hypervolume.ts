import { dominates } from './dominance.js';

type Point = readonly number[];

/**
 * Exact hypervolume in any number of dimensions: the volume that the points dominate below the reference. Every coordinate is
 * minimised, and a point that is not strictly below the reference adds nothing. The WFG algorithm of While, Bradstreet and
 * Barone (2012): each point adds its own box without what the later points cover of it.
 */
export function hypervolume(points: readonly Point[], reference: Point): number {
  const inside = points.filter((point) => point.every((value, axis) => value < (reference[axis] ?? Number.NaN)));
  return volume(withoutDominated(inside), reference);
}

function volume(points: readonly Point[], reference: Point): number {
  if (points.length === 0) return 0;
  if (reference.length === 2) return area(points, reference);
  // Worst in the last axis first: limiting the others to such a point leaves many of them dominated, so the sets shrink fast.
  const ordered = [...points].sort((a, b) => (b.at(-1) ?? 0) - (a.at(-1) ?? 0));
  return ordered.reduce((total, point, index) => {
    const limited = ordered
      .slice(index + 1)
      .map((other) => other.map((value, axis) => Math.max(value, point[axis] ?? value)));
    return total + box(point, reference) - volume(withoutDominated(limited), reference);
  }, 0);
}

function box(point: Point, reference: Point): number {
  return point.reduce((product, value, axis) => product * ((reference[axis] ?? value) - value), 1);
}

/** The plane needs no recursion: steps of a staircase, from the left. */
function area(points: readonly Point[], reference: Point): number {
  const [right = 0, top = 0] = reference;
  let total = 0;
  let height = top;
  for (const [x = 0, y = 0] of [...points].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))) {
    if (y >= height) continue;
    total += (right - x) * (height - y);
    height = y;
  }
  return total;
}

function withoutDominated(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    if (kept.some((other) => dominates(other, point) || other.every((value, axis) => value === point[axis]))) continue;
    const stay = kept.filter((other) => !dominates(point, other));
    kept.length = 0;
    kept.push(...stay, point);
  }
  return kept;
}
