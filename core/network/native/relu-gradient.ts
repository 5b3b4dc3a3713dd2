import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tensorflow.js';
import { Attributes, type NativeBackend } from './backend.js';

const RELU_GRADIENT = 'PrunefrontReluGradient';

/** tfjs computes ReLU's gradient with a dozen small kernels; TensorFlow has one. It is its own second derivative, too. */
export function registerReluGradient(tf: Tf, backend: NativeBackend): void {
  const attributes = new Attributes(backend.binding);
  const masked = (dy: Tensor, y: Tensor): Tensor =>
    tf.engine().runKernel(RELU_GRADIENT, { dy, y } as NamedTensorMap) as Tensor;
  tf.registerKernel({
    kernelName: RELU_GRADIENT,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs }) =>
      backend.executeSingleOutput(
        'ReluGrad',
        [attributes.type('T', 'float32')],
        [inputs['dy'] as Tensor, inputs['y'] as Tensor],
      ),
  });
  tf.registerGradient({
    kernelName: RELU_GRADIENT,
    inputsToSave: ['y'],
    outputsToSave: [],
    gradFunc: (ddx, [y]) => ({
      dy: () => masked(ddx as Tensor, y as Tensor),
      y: () => tf.zerosLike(y as Tensor),
    }),
  });
  tf.unregisterGradient('Relu');
  tf.registerGradient({
    kernelName: 'Relu',
    inputsToSave: [],
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({ x: () => masked(dy as Tensor, y as Tensor) }),
  });
}
