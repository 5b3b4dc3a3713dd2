import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from './tf.js';

/**
 * Mends tfjs's gradient of unstacking, which takes the one gradient of a single entry for a list of them and throws: no recurrent layer on a
 * sequence of one step could hand a gradient on to the layer before it.
 */
export function registerUnstackGradient(tf: Tf): void {
  tf.unregisterGradient('Unpack');
  tf.registerGradient({
    kernelName: 'Unpack',
    gradFunc: (dy, _, { axis }) => ({ value: () => tf.stack([dy].flat() as Tensor[], axis as number) }),
  });
}
