import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../../network/tf.js';
import type { Piece, Settings } from '../../../registry/index.js';
import type { TaskName } from '../../../sweep/task.js';

/**
 * How far outputs are from targets, in operations of TensorFlow alone, so that it can be compiled. Every gradient is written out, because
 * those that tfjs derives take a side at kinks: at 0 the derivative of |x| is 0 here and −1 there.
 */
export interface Loss {
  /** Loss of each example, float32 [n]. */
  perExample(tf: Tf, outputs: Tensor, targets: Tensor): Tensor;
  /** The mean over the examples, where there is something faster than that of `perExample`. */
  mean?(tf: Tf, outputs: Tensor, targets: Tensor): Scalar;
}

/** A loss that specs can name. */
export interface LossPiece extends Piece {
  /** Tasks that can have it. Outputs are logits in a classification, and what the last layer gives elsewhere. */
  readonly tasks: readonly TaskName[];
  readonly create: (settings: Settings) => Loss;
}

/**
 * Loss of each example [n] as the mean over what an example has of them.
 * @param outputs - float32 [n, ...shape]
 * @param targets - [n, ...shape], or [n] where an example has one output; of any type
 * @param each - value and derivative with respect to the output, entry by entry
 */
export function meanOfEntries(
  tf: Tf,
  outputs: Tensor,
  targets: Tensor,
  each: (output: Tensor, target: Tensor) => { readonly value: Tensor; readonly derivative: () => Tensor },
): Tensor {
  const [n = 1] = outputs.shape;
  const wanted = targets.cast('float32').reshape([n, -1]);
  const entries = tf.customGrad((own, save) => {
    (save as (tensors: Tensor[]) => void)([own as Tensor, wanted]);
    return {
      value: each(own as Tensor, wanted).value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => dy.mul(each(saved[0] as Tensor, saved[1] as Tensor).derivative()),
    };
  });
  return entries(outputs.reshape([n, -1])).mean(1);
}
