import type { Random } from '../../random.js';
import type { Steps } from '../../steps.js';

/** Where k-means begins (Han et al. 2016; k-means++: Arthur and Vassilvitskii 2007). */
export type Initialization = 'linear' | 'density' | 'kmeans++';

/**
 * The first centroids, ascending. Each that is drawn is a step.
 * @param sorted - values, ascending; at least `count` of them
 * @param random - draws for `kmeans++` alone
 */
export function* initialCentroids(
  sorted: Float64Array,
  count: number,
  initialization: Initialization,
  random: Random,
): Steps<Float64Array> {
  switch (initialization) {
    case 'linear':
      return linear(sorted, count);
    case 'density':
      return density(sorted, count);
    case 'kmeans++':
      return yield* plusPlus(sorted, count, random);
  }
}

/** Equally far from each other, from the least to the greatest. */
function linear(sorted: Float64Array, count: number): Float64Array {
  const [min, max] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  if (count === 1) return Float64Array.of((min + max) / 2);
  return Float64Array.from({ length: count }, (_, i) => min + ((max - min) * i) / (count - 1));
}

/** Equally many values around each. */
function density(sorted: Float64Array, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => sorted[Math.floor(((i + 0.5) * sorted.length) / count)] ?? 0);
}

/** Each drawn with a probability that grows as the squared distance from those before. */
function* plusPlus(sorted: Float64Array, count: number, random: Random): Steps<Float64Array> {
  const centroids = Float64Array.of(sorted[random.integer(sorted.length)] ?? 0);
  const chosen = [...centroids];
  const distances = new Float64Array(sorted.length).fill(Number.POSITIVE_INFINITY);
  for (let centroid = chosen[0] ?? 0; chosen.length < count; chosen.push(centroid)) {
    const sum = lowerDistances(distances, sorted, centroid);
    let left = random.next() * sum;
    const drawn = distances.findIndex((distance) => {
      left -= distance;
      return distance > 0 && left < 0;
    });
    centroid = sorted[drawn < 0 ? distances.findLastIndex((distance) => distance > 0) : drawn] ?? 0;
    yield;
  }
  return Float64Array.from(chosen).sort();
}

/** Squared distances from the nearest centroid with one more; returns their sum. */
function lowerDistances(distances: Float64Array, sorted: Float64Array, centroid: number): number {
  let sum = 0;
  for (let i = 0; i < sorted.length; i++) {
    const distance = Math.min(distances[i] ?? 0, ((sorted[i] ?? 0) - centroid) ** 2);
    distances[i] = distance;
    sum += distance;
  }
  return sum;
}
