import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from './tf.js';

/** The entries of x that a gradient passes; others get none. */
export interface PassingRange {
  readonly from: number;
  readonly to: number;
}

/**
 * A straight-through estimator (Bengio et al. 2013): f(x) on the way forward, the gradient of the identity on the way back. It trains
 * through steps and roundings, whose own gradient is zero nearly everywhere.
 * @param f - gives a tensor of x's shape; nothing in it is differentiated
 * @param range - where the gradient passes, ends included: beyond what can be represented a quantizer says nothing; null is everywhere
 */
export function straightThrough(
  tf: Tf,
  x: Tensor,
  f: (x: Tensor) => Tensor,
  range: PassingRange | null = null,
): Tensor {
  const estimated = tf.customGrad((own, save) => {
    if (range !== null) (save as (tensors: Tensor[]) => void)([own as Tensor]);
    return {
      value: f(own as Tensor),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => {
        // The same tensor given back would be disposed with dy.
        if (range === null || saved === undefined) return dy.clone();
        return dy.mul(saved.greaterEqual(range.from).logicalAnd(saved.lessEqual(range.to)).cast('float32'));
      },
    };
  });
  return estimated(x);
}
