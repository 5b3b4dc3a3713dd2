import type { Tensor1D } from '@tensorflow/tfjs';
import { topKName } from '../../sweep/top-k.js';
import type { MetricPiece } from './metric-piece.js';

/** Fraction of the examples whose class is among the k likeliest (Russakovsky et al. 2015). */
export function topK(k: number): MetricPiece {
  return {
    name: topKName(k),
    summary: `Fraction of the examples whose class is among the ${k} likeliest.`,
    source: 'Russakovsky et al. 2015 (ILSVRC)',
    settings: {},
    tasks: ['classification'],
    better: 'more',
    examples: ranks,
    of: (values, examples) => values.reduce((found, rank) => found + (rank < k ? 1 : 0), 0) / examples,
  };
}

/** How many classes come before the right one, [n], which every k is compared with; of equal logits the first class does. */
const ranks: MetricPiece['examples'] = (tf, logits, labels) => {
  const classes = logits.shape[1] ?? 1;
  const truth = tf.oneHot(labels as Tensor1D, classes, 1, 0, 'float32');
  const own = logits.mul(truth).sum(1, true);
  const before = tf
    .tensor2d(
      Float32Array.from({ length: classes }, (_, i) => i),
      [1, classes],
    )
    .less(labels.cast('float32').reshape([-1, 1]));
  const likelier = logits.greater(own).logicalOr(logits.equal(own).logicalAnd(before));
  return likelier.cast('float32').sum(1);
};
