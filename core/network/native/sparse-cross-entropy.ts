import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs';
import type { Tf } from '../tensorflow.js';
import { Attributes, type NativeBackend } from './backend.js';

/**
 * Mean softmax cross-entropy by TensorFlow's own kernel, which gives value and gradient at once.
 * @param logits - [n, classes]
 * @param labels - int32 [n]
 */
export function nativeCrossEntropy(tf: Tf, backend: NativeBackend, logits: Tensor, labels: Tensor1D): Scalar {
  const mean = tf.customGrad((own, save) => {
    const [losses, gradient] = lossesAndGradient(backend, own as Tensor, labels);
    (save as (tensors: Tensor[]) => void)([gradient]);
    return {
      value: losses.mean(),
      gradFunc: (dy: Tensor, saved: Tensor[]) => (saved[0] as Tensor).mul(dy.div(labels.shape[0])),
    };
  });
  return mean(logits) as Scalar;
}

/** Softmax cross-entropy of each example, [n]. */
export function nativeCrossEntropies(tf: Tf, backend: NativeBackend, logits: Tensor, labels: Tensor1D): Tensor {
  const each = tf.customGrad((own, save) => {
    const [losses, gradient] = lossesAndGradient(backend, own as Tensor, labels);
    (save as (tensors: Tensor[]) => void)([gradient]);
    return {
      value: losses,
      gradFunc: (dy: Tensor, saved: Tensor[]) => (saved[0] as Tensor).mul(dy.expandDims(-1)),
    };
  });
  return each(logits);
}

function lossesAndGradient(backend: NativeBackend, logits: Tensor, labels: Tensor1D): [Tensor, Tensor] {
  const attributes = new Attributes(backend.binding);
  const types = [attributes.type('T', 'float32'), attributes.type('Tlabels', 'int32')];
  const outputs = backend.executeMultipleOutputs('SparseSoftmaxCrossEntropyWithLogits', types, [logits, labels], 2);
  return outputs as [Tensor, Tensor];
}
