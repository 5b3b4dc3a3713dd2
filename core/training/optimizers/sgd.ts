import type { Tensor } from '@tensorflow/tfjs';
import type { Optimizer } from './optimizer.js';

/** Stochastic gradient descent with Keras' momentum: v = momentum · v − rate · g; w = w + v. Without momentum it has no slot. */
export function sgd({
  learningRate,
  momentum,
}: {
  readonly learningRate: number;
  readonly momentum: number;
}): Optimizer {
  if (momentum === 0) {
    return {
      slotNames: [],
      update: (weights, gradient) => ({ weights: weights.sub(gradient.mul(learningRate)), slots: [] }),
    };
  }
  return {
    slotNames: ['velocity'],
    update(weights, gradient, slots) {
      const [velocity] = slots as [Tensor];
      const next = velocity.mul(momentum).sub(gradient.mul(learningRate));
      return { weights: weights.add(next), slots: [next] };
    },
  };
}
