import type { Tensor } from '@tensorflow/tfjs';
import type { Optimizer } from './optimizer.js';

/** Settings of gradient descent; see Keras `tf.keras.optimizers.SGD`. */
export interface SgdSettings {
  readonly learningRate: number;
  readonly momentum: number;
  /** Nesterov's momentum; needs a momentum. */
  readonly nesterov: boolean;
}

/**
 * Stochastic gradient descent with Keras' momentum: v = momentum · v − rate · g; w = w + v, or with Nesterov's w + momentum · v − rate · g.
 * Without momentum it has no slot.
 */
export function sgd({ learningRate, momentum, nesterov }: SgdSettings): Optimizer {
  const numbers = (): readonly number[] => [learningRate];
  if (momentum === 0) {
    return {
      slotNames: [],
      numbers,
      update: (weights, gradient, _slots, [rate = 0]) => ({ weights: weights.sub(gradient.mul(rate)), slots: [] }),
    };
  }
  return {
    slotNames: ['velocity'],
    numbers,
    update(weights, gradient, slots, [rate = 0]) {
      const [velocity] = slots as [Tensor];
      const step = gradient.mul(rate);
      const next = velocity.mul(momentum).sub(step);
      return { weights: weights.add(nesterov ? next.mul(momentum).sub(step) : next), slots: [next] };
    },
  };
}
