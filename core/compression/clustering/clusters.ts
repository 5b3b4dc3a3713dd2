import { PrunefrontError } from '../../errors.js';
import type { Steps } from '../../steps.js';
import type { Initialization } from './initial-centroids.js';
import { kMeans, nearestCentroids } from './k-means.js';

/** A tensor whose weights share few values: weight i is centroids[codes[i]]. */
export interface Clusters {
  /** In the layout of the tensor. */
  readonly codes: Uint16Array;
  readonly centroids: Float32Array;
  /** Whether the tensor had zeros: then they, and nothing else, are of code 0, whose centroid stays 0. */
  readonly keepsZeros: boolean;
}

/** How weights are clustered. */
export interface ClusterSettings {
  /** Values that a tensor may have, that of its zeros included; at least 2. */
  readonly clusters: number;
  readonly initialization: Initialization;
  readonly seed: number;
}

/**
 * Weight sharing by k-means (Han et al. 2016), in its steps. Zeros have a centroid of their own, which stays 0, so that what is pruned stays
 * pruned.
 * @param layer - whose tensor it is, for errors
 * @throws PrunefrontError `PRUNEFRONT_COMPRESSION` where the tensor has fewer distinct weights than clusters
 */
export function* cluster(layer: string, values: Float32Array, settings: ClusterSettings): Steps<Clusters> {
  const nonzero = values.filter((value) => value !== 0);
  const ofZeros = nonzero.length < values.length ? 1 : 0;
  const count = settings.clusters - ofZeros;
  requireDistinct(layer, settings.clusters, distinctUpTo(nonzero, count) + ofZeros);
  yield;
  const means = yield* kMeans(nonzero, count, settings.initialization, settings.seed);
  // By the means as they are: in float32 a weight midway between two could change sides, and leave a centroid that is no mean.
  const codes = nearestCentroids(values, means);
  const centroids = Float32Array.from(means);
  if (ofZeros === 0) return { codes, centroids, keepsZeros: false };
  return {
    codes: codes.map((code, i) => (values[i] === 0 ? 0 : code + 1)),
    centroids: Float32Array.of(0, ...centroids),
    keepsZeros: true,
  };
}

/**
 * Refuses more clusters than a tensor has weights to share them.
 * @throws PrunefrontError `PRUNEFRONT_COMPRESSION`
 */
export function requireDistinct(layer: string, clusters: number, distinct: number): void {
  if (clusters <= distinct) return;
  throw new PrunefrontError('PRUNEFRONT_COMPRESSION', `Layer ${layer} has fewer distinct weights than clusters`, {
    place: layer,
    found: `${clusters} clusters for ${distinct} distinct weights`,
    allowed: `at most ${distinct} clusters`,
  });
}

/** How many distinct values there are; no more than `most` are looked for. */
export function distinctUpTo(values: Float32Array, most: number): number {
  const seen = new Set<number>();
  for (const value of values) {
    if (seen.size >= most) break;
    seen.add(value);
  }
  return seen.size;
}

/** The weights that clusters stand for. */
export function shared({ codes, centroids }: Clusters): Float32Array {
  return Float32Array.from(codes, (code) => centroids[code] ?? 0);
}

/**
 * The clusters with the means of what their weights are now, in float64: what is left of an update that parted them. That of the zeros
 * stays 0.
 */
export function withMeans({ codes, centroids, keepsZeros }: Clusters, values: Float32Array): Clusters {
  const sums = sumsByCode(codes, centroids.length, values);
  const counts = sumsByCode(codes, centroids.length, new Float32Array(codes.length).fill(1));
  const means = centroids.map((centroid, code) => {
    const count = counts[code] ?? 0;
    return (keepsZeros && code === 0) || count === 0 ? centroid : (sums[code] ?? 0) / count;
  });
  return { codes, centroids: means, keepsZeros };
}

function sumsByCode(codes: Uint16Array, count: number, values: Float32Array): Float64Array {
  const sums = new Float64Array(count);
  codes.forEach((code, i) => {
    sums[code] = (sums[code] ?? 0) + (values[i] ?? 0);
  });
  return sums;
}
