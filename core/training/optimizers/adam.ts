import type { Tensor } from '@tensorflow/tfjs';
import type { Optimizer } from './optimizer.js';

/** Adam's settings; see Keras `tf.keras.optimizers.Adam`. */
export interface AdamSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** Adam (Kingma and Ba 2015) in the form of Keras: epsilon is added to the root of the uncorrected second moment. */
export function adam(settings: AdamSettings): Optimizer {
  return {
    slotNames: ['m', 'v'],
    numbers: (step) => [correctedRate(settings, step)],
    update: (weights, gradient, slots, [rate = 0]) => adamUpdate(settings, weights, gradient, slots, rate),
  };
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019) in the form of Keras: weights shrink by rate · decay before the update. */
export function adamW(settings: AdamSettings & { readonly weightDecay: number }): Optimizer {
  const { learningRate, weightDecay } = settings;
  return {
    slotNames: ['m', 'v'],
    numbers: (step) => [correctedRate(settings, step), 1 - learningRate * weightDecay],
    update: (weights, gradient, slots, [rate = 0, shrink = 1]) =>
      adamUpdate(settings, weights.mul(shrink), gradient, slots, rate),
  };
}

/** The learning rate with both bias corrections. */
function correctedRate({ learningRate, beta1, beta2 }: AdamSettings, step: number): number {
  return (learningRate * Math.sqrt(1 - beta2 ** (step + 1))) / (1 - beta1 ** (step + 1));
}

/** Moments move towards the gradient by the float32 number that TensorFlow's kernel computes, which isn't quite 1 − β. */
function adamUpdate(
  { beta1, beta2, epsilon }: AdamSettings,
  weights: Tensor,
  gradient: Tensor,
  slots: readonly Tensor[],
  rate: number,
): { weights: Tensor; slots: Tensor[] } {
  const [m, v] = slots as [Tensor, Tensor];
  const nextM = m.add(gradient.sub(m).mul(1 - Math.fround(beta1)));
  const nextV = v.add(
    gradient
      .square()
      .sub(v)
      .mul(1 - Math.fround(beta2)),
  );
  return { weights: weights.sub(nextM.mul(rate).div(nextV.sqrt().add(epsilon))), slots: [nextM, nextV] };
}
