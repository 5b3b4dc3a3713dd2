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
export function adam({ learningRate, beta1, beta2, epsilon }: AdamSettings): Optimizer {
  return {
    slotNames: ['m', 'v'],
    update(weights, gradient, slots, step) {
      const [m, v] = slots as [Tensor, Tensor];
      const rate = (learningRate * Math.sqrt(1 - beta2 ** (step + 1))) / (1 - beta1 ** (step + 1));
      const nextM = m.mul(beta1).add(gradient.mul(1 - beta1));
      const nextV = v.mul(beta2).add(gradient.square().mul(1 - beta2));
      return { weights: weights.sub(nextM.mul(rate).div(nextV.sqrt().add(epsilon))), slots: [nextM, nextV] };
    },
  };
}
