import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.js';

/** tfjs-node passes every reshape through TensorFlow; a tensor that has the shape already is shared instead, and the graph is smaller by it. */
export function registerSharedReshape(tf: Tf): void {
  const { kernelFunc: general } = tf.getKernel('Reshape', 'tensorflow');
  tf.unregisterKernel('Reshape', 'tensorflow');
  tf.registerKernel({
    kernelName: 'Reshape',
    backendName: 'tensorflow',
    kernelFunc: (given) => {
      const x = given.inputs['x'] as Tensor;
      const shape = given.attrs?.['shape'] as readonly number[];
      if (shape.length !== x.shape.length || shape.some((size, i) => size !== x.shape[i])) return general(given);
      (given.backend as { incRef(dataId: object): void }).incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    },
  });
}
