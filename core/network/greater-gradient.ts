import type { Tf } from './tf.js';

/** The gradient of a comparison, zero, which tfjs lacks: ThresholdedReLU multiplies by one. */
export function registerGreaterGradient(tf: Tf): void {
  tf.registerGradient({
    kernelName: 'Greater',
    inputsToSave: ['a', 'b'],
    gradFunc: (_dy, [a, b]) => ({
      a: () => tf.zerosLike(a as never),
      b: () => tf.zerosLike(b as never),
    }),
  });
}
