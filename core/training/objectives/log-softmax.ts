import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../network/tf.js';

/**
 * The logarithm of the softmax over the last axis, with a gradient that can be differentiated: that of tfjs takes its own output for a
 * constant.
 * @param logits - [n, classes]
 */
export function logSoftmax(tf: Tf, logits: Tensor): Tensor {
  const logarithm = tf.customGrad((own, save) => {
    (save as (tensors: Tensor[]) => void)([own as Tensor]);
    return {
      value: tf.logSoftmax(own as Tensor),
      gradFunc: (dy: Tensor, saved: Tensor[]) => dy.sub(dy.sum(-1, true).mul(tf.softmax(saved[0] as Tensor))),
    };
  });
  return logarithm(logits);
}
