import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.js';
import { Attributes, type NativeBackend } from './backend.js';
import { isTapeOn } from './tape.js';

/** A batch normalized by its own statistics, and these: over all axes but the last. */
export interface NormalizedBatch {
  readonly y: Tensor;
  readonly mean: Tensor;
  /** Divided by the number of values, not by one less. */
  readonly variance: Tensor;
}

/**
 * Batch normalization in training by TensorFlow's fused kernel, whose gradient is one kernel as well.
 * @param x - [..., features]
 * @param gamma - [features], as is `beta`
 */
export function nativeBatchNormalization(
  tf: Tf,
  backend: NativeBackend,
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  epsilon: number,
): NormalizedBatch {
  const attributes = new Attributes(backend.binding);
  const settings = [
    attributes.type('T', 'float32'),
    attributes.type('U', 'float32'),
    attributes.float('epsilon', epsilon),
    attributes.text('data_format', 'NHWC'),
    attributes.boolean('is_training', true),
  ];
  const features = x.shape.at(-1) ?? 1;
  const count = x.size / features;
  const image = x.rank === 4 ? x : x.reshape([count, 1, 1, features]);
  let statistics: readonly [Tensor, Tensor] | null = null;
  const normalize = tf.customGrad((...args) => {
    const [own, scale, offset, save] = args as unknown as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
    const none = tf.tensor1d([]);
    const forward = [...settings, attributes.float('exponential_avg_factor', 1)];
    const outputs = backend.executeMultipleOutputs('FusedBatchNormV3', forward, [own, scale, offset, none, none], 6);
    const [y, mean, variance, ...reserved] = outputs as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
    statistics = [tf.keep(mean), tf.keep(variance)];
    save([own, scale, ...reserved]);
    return {
      value: y,
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) =>
        isTapeOn(tf)
          ? differentiableGradients(dy as Tensor, saved[0] as Tensor, saved[1] as Tensor, epsilon)
          : backend.executeMultipleOutputs('FusedBatchNormGradV3', settings, [dy as Tensor, ...saved], 5).slice(0, 3),
    };
  });
  const y = normalize(image, gamma, beta).reshape(x.shape);
  const [mean, unbiased] = statistics as unknown as readonly [Tensor, Tensor];
  const variance = count > 1 ? unbiased.mul((count - 1) / count) : unbiased.clone();
  const kept = { y, mean: mean.clone(), variance };
  mean.dispose();
  unbiased.dispose();
  return kept;
}

/** What the kernel gives, with respect to x [n, h, w, features], gamma and beta, in operations that have derivatives themselves. */
function differentiableGradients(dy: Tensor, x: Tensor, gamma: Tensor, epsilon: number): Tensor[] {
  const axes = [0, 1, 2];
  const count = x.size / gamma.size;
  const centered = x.sub(x.mean(axes));
  const scale = centered.square().mean(axes).add(epsilon).rsqrt();
  const normalized = centered.mul(scale);
  const dBeta = dy.sum(axes);
  const dGamma = dy.mul(normalized).sum(axes);
  const dx = dy
    .sub(dBeta.div(count))
    .sub(normalized.mul(dGamma.div(count)))
    .mul(scale.mul(gamma));
  return [dx, dGamma, dBeta];
}
