import type { Tf } from '../tf.js';

/** What computes an operation of tfjs. */
export type KernelFunction = Parameters<Tf['registerKernel']>[0]['kernelFunc'];

/** Puts another kernel in the place of one of tfjs-node's, which it is given for the cases that stay as they are. */
export function replaceKernel(tf: Tf, kernelName: string, kernelOf: (general: KernelFunction) => KernelFunction): void {
  const { kernelFunc } = tf.getKernel(kernelName, 'tensorflow');
  tf.unregisterKernel(kernelName, 'tensorflow');
  tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc: kernelOf(kernelFunc) });
}
