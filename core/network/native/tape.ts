import type { Tf } from '../tf.js';

/**
 * Whether what runs now may be differentiated. In a gradient function it says that a second derivative is asked for: kernels of our own,
 * of which tfjs knows no derivative, have to give way to operations that it can differentiate.
 */
export function isTapeOn(tf: Tf): boolean {
  return gradientDepth(tf) > 0;
}

/** Whether a second derivative may be asked for of what runs now. */
export function isSecondTapeOn(tf: Tf): boolean {
  return gradientDepth(tf) > 1;
}

function gradientDepth(tf: Tf): number {
  const { state } = tf.engine() as unknown as { readonly state: { readonly gradientDepth: number } };
  return state.gradientDepth;
}
