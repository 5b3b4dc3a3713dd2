import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.js';
import { Attributes, type NativeBackend } from './backend.js';
import { replaceKernel } from './replace-kernel.js';

/**
 * Replaces kernels of tfjs-node that a graph can't hold: its gather reads the indices back into JavaScript to check them, as TensorFlow's
 * own kernel does anyway, and its expandDims leaves types to be inferred, which only happens to operations that run eagerly.
 */
export function registerRecordableKernels(tf: Tf, backend: NativeBackend): void {
  const attributes = new Attributes(backend.binding);
  replaceKernel(tf, 'GatherV2', () => ({ inputs, attrs }) => {
    const { x, indices } = inputs as unknown as { readonly x: Tensor; readonly indices: Tensor };
    const { axis, batchDims } = attrs as unknown as { readonly axis: number; readonly batchDims: number };
    const types = [
      attributes.integer('batch_dims', batchDims),
      attributes.type('Tparams', x.dtype),
      attributes.type('Tindices', indices.dtype),
      attributes.type('Taxis', 'int32'),
    ];
    return tf.tidy(() => backend.executeSingleOutput('GatherV2', types, [x, indices, tf.scalar(axis, 'int32')]));
  });
  replaceKernel(tf, 'ExpandDims', () => ({ inputs, attrs }) => {
    const { input } = inputs as unknown as { readonly input: Tensor };
    const { dim } = attrs as unknown as { readonly dim: number };
    const types = [attributes.type('T', input.dtype), attributes.type('Tdim', 'int32')];
    return tf.tidy(() => backend.executeSingleOutput('ExpandDims', types, [input, tf.scalar(dim, 'int32')]));
  });
}
