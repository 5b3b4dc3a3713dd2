import { createRequire } from 'node:module';
import util from 'node:util';
import type * as TensorFlow from '@tensorflow/tfjs';

/** The tfjs namespace with whatever backend this process has. */
export type Tf = typeof TensorFlow;

interface NodeBackend {
  executeSingleOutput(op: string, attributes: unknown[], inputs: unknown[]): TensorFlow.Tensor;
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number; readonly TF_Version: string };
}

let loaded: Tf | null = null;

/**
 * Loads TensorFlow into this process, once. Blocks for about a second.
 * @throws Error where the binding is missing; `npm run setup` builds it.
 */
export function loadTensorFlow(): Tf {
  if (loaded !== null) return loaded;
  // Node 23 dropped the function that tfjs-node still calls.
  if (!('isNullOrUndefined' in util)) {
    Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
  }
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs-node-gpu') as Tf;
  useNativeReluGradient(tf);
  loaded = tf;
  return tf;
}

/** Version of the TensorFlow library behind the binding. */
export function tensorFlowVersion(tf: Tf): string {
  return tf.getBackend() === 'tensorflow' ? nodeBackend(tf).binding.TF_Version : tf.version_core;
}

/** Name of the device that computes: `GPU` or `CPU`, with the backend. */
export function deviceName(tf: Tf): string {
  if (tf.getBackend() !== 'tensorflow') return tf.getBackend();
  const backend = tf.backend() as unknown as { isUsingGpuDevice?: boolean; isGPUPackage?: boolean };
  return backend.isUsingGpuDevice === true ? 'TensorFlow GPU' : 'TensorFlow CPU';
}

function nodeBackend(tf: Tf): NodeBackend {
  return tf.backend() as unknown as NodeBackend;
}

/** tfjs computes ReLU's gradient with a dozen small kernels; TensorFlow has one. A training step takes 0.7 times as long. */
function useNativeReluGradient(tf: Tf): void {
  if (tf.getBackend() !== 'tensorflow') return;
  const kernelName = 'PrunefrontReluGrad';
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs }) => {
      const backend = nodeBackend(tf);
      const type = { name: 'T', type: backend.binding.TF_ATTR_TYPE, value: backend.binding.TF_FLOAT };
      return backend.executeSingleOutput('ReluGrad', [type], [inputs['dy'], inputs['y']]);
    },
  });
  tf.unregisterGradient('Relu');
  tf.registerGradient({
    kernelName: 'Relu',
    inputsToSave: [],
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      x: () => tf.engine().runKernel(kernelName, { dy, y } as TensorFlow.NamedTensorMap) as TensorFlow.Tensor,
    }),
  });
}
