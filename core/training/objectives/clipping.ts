import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../network/tf.js';

/** Makes gradients smaller before the optimizer sees them; masked entries are zero before and after. */
export type Clipping = (tf: Tf, gradients: readonly Tensor[]) => Tensor[];

/** Each entry to ±limit. */
export function clipByValue(limit: number): Clipping {
  return (_, gradients) => gradients.map((gradient) => gradient.clipByValue(-limit, limit));
}

/** Each weight's gradient to a Euclidean norm of at most `limit`. */
export function clipByNorm(limit: number): Clipping {
  return (_, gradients) => gradients.map((gradient) => gradient.mul(scale(squares(gradient), limit)));
}

/** All gradients by one factor, so that the norm of them together is at most `limit` (Pascanu et al. 2013). */
export function clipByGlobalNorm(limit: number): Clipping {
  return (tf, gradients) => {
    if (gradients.length === 0) return [];
    const factor = scale(tf.addN(gradients.map(squares)), limit);
    return gradients.map((gradient) => gradient.mul(factor));
  };
}

function squares(gradient: Tensor): Tensor {
  return gradient.square().sum();
}

/** limit / max(norm, limit): exactly 1 where the norm is within the limit. */
function scale(squared: Tensor, limit: number): Tensor {
  const bounded = squared.sqrt().maximum(limit);
  return bounded.onesLike().mul(limit).div(bounded);
}
