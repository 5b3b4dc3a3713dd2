import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import type { Tf } from '../tensorflow.js';
import { Attributes, type NativeBackend } from './backend.js';

/** What of tfjs's kernels is used here: a function of named inputs and attributes. */
type KernelFunction = (given: {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly backend: NativeBackend;
}) => TensorInfo | TensorInfo[];

/** Puts leaner kernels in the place of tfjs-node's where the general one costs more than the case needs. */
export function registerLeanKernels(tf: Tf, backend: NativeBackend): void {
  const attributes = new Attributes(backend.binding);
  const replace = (kernelName: string, lean: (general: KernelFunction) => KernelFunction): void => {
    const { kernelFunc } = tf.getKernel(kernelName, 'tensorflow');
    tf.unregisterKernel(kernelName, 'tensorflow');
    const own = lean(kernelFunc as unknown as KernelFunction) as unknown as typeof kernelFunc;
    tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc: own });
  };

  // A tensor that has the shape already is shared, not passed through TensorFlow.
  replace('Reshape', (general) => (given) => {
    const x = given.inputs['x'] as Tensor;
    const shape = given.attrs['shape'] as readonly number[];
    if (shape.length !== x.shape.length || shape.some((size, i) => size !== x.shape[i])) return general(given);
    given.backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  });

  // Matrices aren't batches: MatMul is what TensorFlow fuses and hands to oneDNN.
  replace('BatchMatMul', (general) => (given) => {
    const { a, b } = given.inputs as { readonly a: Tensor; readonly b: Tensor };
    if (a.shape.length !== 2 || b.shape.length !== 2 || a.dtype !== 'float32') return general(given);
    const transposed = [
      attributes.boolean('transpose_a', given.attrs['transposeA'] === true),
      attributes.boolean('transpose_b', given.attrs['transposeB'] === true),
    ];
    return backend.executeSingleOutput('MatMul', [attributes.type('T', 'float32'), ...transposed], [a, b]);
  });

  // A bias is no general broadcast.
  replace('Add', (general) => (given) => {
    const { a, b } = given.inputs as { readonly a: Tensor; readonly b: Tensor };
    if (!isBias(a, b)) return general(given);
    const settings = [attributes.type('T', 'float32'), attributes.text('data_format', 'NHWC')];
    return backend.executeSingleOutput('BiasAdd', settings, [a, b]);
  });
  registerAddGradient(tf, backend, attributes);
}

/** The sum's gradient: what was broadcast is summed, a bias by TensorFlow's own kernel. */
function registerAddGradient(tf: Tf, backend: NativeBackend, attributes: Attributes): void {
  const biasGradient = 'PrunefrontBiasAddGrad';
  tf.registerKernel({
    kernelName: biasGradient,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs }) => {
      const settings = [attributes.type('T', 'float32'), attributes.text('data_format', 'NHWC')];
      return backend.executeSingleOutput('BiasAddGrad', settings, [inputs['dy'] as Tensor]);
    },
  });
  tf.registerGradient({
    kernelName: biasGradient,
    inputsToSave: ['dy'],
    gradFunc: (ddb, [dy]) => ({ dy: () => (ddb as Tensor).broadcastTo((dy as Tensor).shape) }),
  });
  const summedTo = (dy: Tensor, to: Tensor): Tensor => {
    const axes = tf.broadcast_util.getReductionAxes(to.shape, dy.shape);
    return (axes.length > 0 ? dy.sum(axes) : dy).reshape(to.shape);
  };
  tf.unregisterGradient('Add');
  tf.registerGradient({
    kernelName: 'Add',
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [Tensor, Tensor];
      const own = dy as Tensor;
      return {
        a: () => summedTo(own, a),
        b: () => (isBias(a, b) ? (tf.engine().runKernel(biasGradient, { dy: own }) as Tensor) : summedTo(own, b)),
      };
    },
  });
}

/** Whether b is a vector along the last axis of a. */
function isBias(a: Tensor, b: Tensor): boolean {
  const floats = a.dtype === 'float32' && b.dtype === 'float32';
  return floats && b.shape.length === 1 && a.shape.length > 1 && a.shape.at(-1) === b.shape[0];
}
