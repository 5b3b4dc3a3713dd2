import { countLeading } from '../../count-leading.js';
import { createRandom } from '../../random.js';
import type { Steps } from '../../steps.js';
import { type Initialization, initialCentroids } from './initial-centroids.js';

/** More rounds than any set of weights was seen to take; a bound only for what rounding could make of ties. */
const ROUNDS = 10_000;

/**
 * Centroids of k-means on a line (Lloyd 1982), ascending: in float64, to convergence, and the same for the same seed. A cluster of
 * values on a line is an interval of the sorted ones, so that a round takes count · log n steps. A cluster that loses all its values
 * begins again at the value that is farthest from its own centroid. A step is a round.
 * @param values - with at least `count` distinct ones
 */
export function* kMeans(
  values: Float32Array,
  count: number,
  initialization: Initialization,
  seed: number,
): Steps<Float64Array> {
  const sorted = Float64Array.from(values).sort();
  const sums = runningSums(sorted);
  yield;
  let centroids = yield* initialCentroids(sorted, count, initialization, createRandom(seed));
  let ends = endsOf(sorted, centroids);
  for (let round = 0; round < ROUNDS; round++) {
    const moved = refilled(sorted, ends, meansOf(sums, ends, centroids));
    const next = endsOf(sorted, moved);
    const isSame = next.every((end, i) => end === ends[i]);
    centroids = moved;
    ends = next;
    if (isSame) break;
    yield;
  }
  return centroids;
}

/**
 * Index of the nearest centroid of each value; of two as near, the lower one.
 * @param centroids - ascending
 */
export function nearestCentroids(values: Float32Array, centroids: Float64Array): Uint16Array {
  const borders = bordersOf(centroids);
  return Uint16Array.from(values, (value) => countLeading(borders, (border) => border < value));
}

/** Sums of the first 0, 1, 2, … values. */
function runningSums(sorted: Float64Array): Float64Array {
  const sums = new Float64Array(sorted.length + 1);
  sorted.forEach((value, i) => {
    sums[i + 1] = (sums[i] ?? 0) + value;
  });
  return sums;
}

/** For each cluster the number of values up to its end. */
function endsOf(sorted: Float64Array, centroids: Float64Array): number[] {
  return [...bordersOf(centroids)]
    .map((border) => countLeading(sorted, (value) => value <= border))
    .concat(sorted.length);
}

/** Middles between neighbours. */
function bordersOf(centroids: Float64Array): Float64Array {
  return Float64Array.from({ length: centroids.length - 1 }, (_, i) => {
    const [left, right] = [centroids[i] ?? 0, centroids[i + 1] ?? 0];
    return left + (right - left) / 2;
  });
}

/** Means of the clusters; an empty one keeps its centroid. */
function meansOf(sums: Float64Array, ends: readonly number[], centroids: Float64Array): Float64Array {
  return centroids.map((centroid, i) => {
    const [from, to] = [ends[i - 1] ?? 0, ends[i] ?? 0];
    return to > from ? ((sums[to] ?? 0) - (sums[from] ?? 0)) / (to - from) : centroid;
  });
}

/** Centroids, ascending, those of empty clusters put where a value is farthest from its own. */
function refilled(sorted: Float64Array, ends: readonly number[], centroids: Float64Array): Float64Array {
  const isEmpty = (i: number): boolean => (ends[i] ?? 0) === (ends[i - 1] ?? 0);
  const empty = [...centroids.keys()].filter(isEmpty);
  if (empty.length === 0) return centroids;
  // Of an interval only its ends can be farthest.
  const farthest = [...centroids.keys()]
    .filter((i) => !isEmpty(i))
    .flatMap((i) => [sorted[ends[i - 1] ?? 0] ?? 0, sorted[(ends[i] ?? 0) - 1] ?? 0].map((value) => ({ i, value })))
    .map(({ i, value }) => ({ value, distance: Math.abs(value - (centroids[i] ?? 0)) }))
    .filter(({ distance }) => distance > 0)
    .sort((a, b) => b.distance - a.distance);
  const refill = centroids.slice();
  empty.forEach((i, k) => {
    refill[i] = farthest[k]?.value ?? centroids[i] ?? 0;
  });
  return refill.sort();
}
