import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import type { Tf } from '../../network/tf.js';
import type { Clusters } from './clusters.js';

/**
 * A weight's gradient in which each entry is that of its centroid, the sum of those of the centroid's weights (Han et al. 2016, equation 3); that
 * of the zeros has none. Weights of a cluster that are equal and have equal optimizer slots so stay equal under any element-wise optimizer, and
 * the centroids are what is trained.
 */
export function sharedGradient(tf: Tf, gradient: Tensor, { codes, centroids, keepsZeros }: Clusters): Tensor {
  const indices = tf.tensor1d(Int32Array.from(codes), 'int32');
  const trained = tf.tensor1d(centroids.map((_, code) => (keepsZeros && code === 0 ? 0 : 1)));
  const sums = tf.unsortedSegmentSum(gradient.flatten(), indices, centroids.length) as Tensor1D;
  return sums.mul(trained).gather(indices).reshape(gradient.shape);
}
