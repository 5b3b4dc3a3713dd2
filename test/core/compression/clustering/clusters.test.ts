import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ClusterSettings,
  type Clusters,
  cluster,
  shared,
  withMeans,
} from '../../../../core/compression/clustering/clusters.js';
import { sharedGradient } from '../../../../core/compression/clustering/shared-gradient.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { createRandom } from '../../../../core/random.js';
import { atOnce } from '../../../../core/steps.js';
import { errorOf } from '../../../support/errors.js';

const tf = loadTensorFlow();
const initialization = fc.constantFrom('linear' as const, 'density' as const, 'kmeans++' as const);
const weights = fc
  .array(fc.integer({ min: -40, max: 40 }), { minLength: 3, maxLength: 200 })
  .map((values) => Float32Array.from(values, (value) => value / 7));
const distinct = (values: Float32Array): number => new Set(values).size;
const squares = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0);

function clustered(layer: string, values: Float32Array, settings: ClusterSettings): Clusters {
  return atOnce(cluster(layer, values, settings));
}

describe('cluster', () => {
  it('given any weights, then there are as many values as asked for, and zeros, and nothing else that had a value, stay zero', () => {
    fc.assert(
      fc.property(
        weights,
        initialization,
        fc.nat(99),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (own, init, seed, part) => {
          fc.pre(distinct(own) >= 2);
          const count = 2 + Math.floor(part * (distinct(own) - 2));
          const clusters = clustered('layer', own, { clusters: count, initialization: init, seed });
          expect(clusters.centroids).toHaveLength(count);
          expect(new Set(clusters.codes).size).toBe(count);
          expect(clusters.keepsZeros).toBe(own.includes(0));
          own.forEach((value, i) => {
            if (clusters.keepsZeros) expect(value === 0).toBe(clusters.codes[i] === 0);
            if (value === 0) expect(Object.is(shared(clusters)[i], 0)).toBe(true);
          });
        },
      ),
    );
  });

  it('given any weights, then each has the nearest centroid, and each centroid is the mean of its weights', () => {
    fc.assert(
      fc.property(weights, initialization, fc.nat(99), (own, init, seed) => {
        fc.pre(distinct(own) >= 4);
        const clusters = clustered('layer', own, { clusters: 4, initialization: init, seed });
        const nonzero = clusters.keepsZeros ? clusters.centroids.subarray(1) : clusters.centroids;
        own.forEach((value, i) => {
          if (value === 0 && clusters.keepsZeros) return;
          const nearest = Math.min(...[...nonzero].map((centroid) => Math.abs(centroid - value)));
          expect(Math.abs((shared(clusters)[i] ?? 0) - value)).toBeCloseTo(nearest, 5);
        });
        withMeans(clusters, own).centroids.forEach((mean, code) => {
          expect(mean).toBeCloseTo(clusters.centroids[code] ?? 0, 5);
        });
      }),
    );
  });

  it('given as many clusters as distinct weights, then the weights are given back', () => {
    fc.assert(
      fc.property(weights, initialization, (own, init) => {
        fc.pre(distinct(own) >= 2);
        const clusters = clustered('layer', own, { clusters: distinct(own), initialization: init, seed: 1 });
        expect(squares(shared(clusters), own)).toBeLessThan(1e-9);
      }),
    );
  });

  it('given the same seed, then the same clusters', () => {
    const random = createRandom(3);
    const own = Float32Array.from({ length: 1000 }, () => random.next() - 0.5);
    const settings = { clusters: 16, initialization: 'kmeans++', seed: 5 } as const;
    expect(clustered('layer', own, settings)).toEqual(clustered('layer', own, settings));
  });

  it('given well parted groups of weights, then k-means++ and density find them', () => {
    const own = Float32Array.from({ length: 300 }, (_, i) => (i % 3) * 10 + (i % 7) * 0.01 + 1);
    for (const init of ['density', 'kmeans++'] as const) {
      const { centroids } = clustered('layer', own, { clusters: 3, initialization: init, seed: 2 });
      expect([...centroids].map(Math.round)).toEqual([1, 11, 21]);
    }
  });

  it('given weights, then each centroid that is drawn is a step', () => {
    const random = createRandom(3);
    const own = Float32Array.from({ length: 1000 }, () => random.next() - 0.5);
    const steps = [...cluster('layer', own, { clusters: 100, initialization: 'kmeans++', seed: 5 })];
    expect(steps.length).toBeGreaterThan(99);
  });

  it('given more clusters than distinct weights, then it is an error that names the layer and what is allowed', async () => {
    const error = await errorOf('PRUNEFRONT_COMPRESSION', () =>
      clustered('conv', Float32Array.of(0, 1, 1, 2, 0), { clusters: 4, initialization: 'linear', seed: 1 }),
    );
    expect(error.facts).toMatchObject({ place: 'conv', allowed: 'at most 3 clusters' });
  });

  it('given 300,000 weights, then 256 clusters take seconds at the most', () => {
    const random = createRandom(1);
    const own = Float32Array.from({ length: 300_000 }, () => random.next() + random.next() - 1);
    const start = process.cpuUsage();
    clustered('layer', own, { clusters: 256, initialization: 'linear', seed: 1 });
    expect(process.cpuUsage(start).user).toBeLessThan(5e6);
  });
});

describe('training of centroids', () => {
  const own = Float32Array.of(0, 1, 1.2, -2, 0, -2.2);
  const clusters = clustered('layer', own, { clusters: 3, initialization: 'linear', seed: 1 });
  const gradients = Float32Array.of(7, 1, 2, 3, 8, 5);

  it('given gradients of weights, then each entry is the sum over its centroid, the zeros have none, and no tensor is left', () => {
    expect([...clusters.codes]).toEqual([0, 2, 2, 1, 0, 1]);
    const gradient = tf.tensor2d(gradients, [2, 3]);
    const before = tf.memory().numTensors;
    const found = tf.tidy(() => sharedGradient(tf, gradient, clusters).arraySync());
    expect(tf.memory().numTensors).toBe(before);
    gradient.dispose();
    expect(found).toEqual([
      [0, 3, 3],
      [8, 0, 8],
    ]);
  });

  it('given weights that an update parted, then centroids take their means, and zero stays', () => {
    const moved = withMeans(clusters, Float32Array.of(0.5, 1, 3, -4, 0, -2));
    expect([...shared(moved)]).toEqual([0, 2, 2, -3, 0, -3]);
  });
});
