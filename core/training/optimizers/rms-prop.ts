import type { Tensor } from '@tensorflow/tfjs';
import type { Optimizer } from './optimizer.js';

/** RMSProp's settings; see Keras `tf.keras.optimizers.RMSprop`. */
export interface RmsPropSettings {
  readonly learningRate: number;
  /** How much of the mean square stays from step to step. */
  readonly rho: number;
  readonly momentum: number;
  readonly epsilon: number;
}

/** RMSProp (Tieleman and Hinton 2012) in the form of TensorFlow and Keras 3: epsilon is added under the root. */
export function rmsProp({ learningRate, rho, momentum, epsilon }: RmsPropSettings): Optimizer {
  return {
    slotNames: ['meanSquare', 'velocity'],
    numbers: () => [learningRate],
    update(weights, gradient, slots, [rate = 0]) {
      const [meanSquare, velocity] = slots as [Tensor, Tensor];
      const nextSquare = meanSquare.add(
        gradient
          .square()
          .sub(meanSquare)
          .mul(1 - Math.fround(rho)),
      );
      const nextVelocity = velocity.mul(momentum).add(gradient.mul(rate).div(nextSquare.add(epsilon).sqrt()));
      return { weights: weights.sub(nextVelocity), slots: [nextSquare, nextVelocity] };
    },
  };
}
