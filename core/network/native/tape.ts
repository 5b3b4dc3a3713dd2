import type { Tf } from '../tensorflow.js';

/**
 * Whether what runs now may be differentiated. In a gradient function it says that a second derivative is asked for: kernels of our own,
 * of which tfjs knows no derivative, have to give way to operations that it can differentiate.
 */
export function isTapeOn(tf: Tf): boolean {
  const { state } = tf.engine() as unknown as { readonly state: { readonly gradientDepth: number } };
  return state.gradientDepth > 0;
}
