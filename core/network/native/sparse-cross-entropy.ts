import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs';
import type { Tf } from '../tf.js';
import { Attributes, type NativeBackend } from './backend.js';
import { isTapeOn } from './tape.js';

/**
 * Mean softmax cross-entropy by TensorFlow's own kernel, which gives value and gradient at once; by several on GPUs.
 * @param logits - [n, classes]
 * @param labels - int32 [n]
 */
export function nativeCrossEntropy(tf: Tf, backend: NativeBackend, logits: Tensor, labels: Tensor1D): Scalar {
  const mean = tf.customGrad((own, save) => {
    const [losses, gradient] = lossesAndGradient(tf, backend, own as Tensor, labels);
    (save as (tensors: Tensor[]) => void)([gradient, own as Tensor]);
    return {
      value: losses.mean(),
      gradFunc: (dy: Tensor, saved: Tensor[]) => gradientOf(tf, saved, labels).mul(dy.div(labels.shape[0])),
    };
  });
  return mean(logits) as Scalar;
}

/** Softmax cross-entropy of each example, [n]. */
export function nativeCrossEntropies(tf: Tf, backend: NativeBackend, logits: Tensor, labels: Tensor1D): Tensor {
  const each = tf.customGrad((own, save) => {
    const [losses, gradient] = lossesAndGradient(tf, backend, own as Tensor, labels);
    (save as (tensors: Tensor[]) => void)([gradient, own as Tensor]);
    return {
      value: losses,
      gradFunc: (dy: Tensor, saved: Tensor[]) => gradientOf(tf, saved, labels).mul(dy.reshape([-1, 1])),
    };
  });
  return each(logits);
}

/** The kernel's gradient; where a second derivative is asked for, the same in operations that have one. */
function gradientOf(tf: Tf, [gradient, logits]: readonly Tensor[], labels: Tensor1D): Tensor {
  if (!isTapeOn(tf)) return gradient as Tensor;
  const own = logits as Tensor;
  return tf.softmax(own).sub(tf.oneHot(labels, own.shape[1] ?? 1));
}

function lossesAndGradient(tf: Tf, backend: NativeBackend, logits: Tensor, labels: Tensor1D): [Tensor, Tensor] {
  if (backend.isUsingGpuDevice) return reproducibly(tf, logits, labels);
  const attributes = new Attributes(backend.binding);
  const types = [attributes.type('T', 'float32'), attributes.type('Tlabels', 'int32')];
  const outputs = backend.executeMultipleOutputs('SparseSoftmaxCrossEntropyWithLogits', types, [logits, labels], 2);
  return outputs as [Tensor, Tensor];
}

/**
 * The same by operations that give the same bits each time on a GPU, as TensorFlow's kernel does not. What is not true is left out rather
 * than multiplied with zero: the logarithm of a probability of zero is −∞.
 */
function reproducibly(tf: Tf, logits: Tensor, labels: Tensor1D): [Tensor, Tensor] {
  const logs = tf.logSoftmax(logits);
  const truth = tf.oneHot(labels, logits.shape[1] ?? 1);
  const own = tf.where(truth.cast('bool'), logs, tf.zerosLike(logs));
  return [own.sum(1).neg(), logs.exp().sub(truth)];
}
