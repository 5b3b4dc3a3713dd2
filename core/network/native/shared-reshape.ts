import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.js';
import { replaceKernel } from './replace-kernel.js';

/** tfjs-node passes every reshape through TensorFlow; a tensor that has the shape already is shared instead, and the graph is smaller by it. */
export function registerSharedReshape(tf: Tf): void {
  replaceKernel(tf, 'Reshape', (general) => (given) => {
    const x = given.inputs['x'] as Tensor;
    const shape = given.attrs?.['shape'] as readonly number[];
    if (shape.length !== x.shape.length || shape.some((size, i) => size !== x.shape[i])) return general(given);
    (given.backend as { incRef(dataId: object): void }).incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  });
}
