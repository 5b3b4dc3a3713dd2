import type { Tensor } from '@tensorflow/tfjs';
import { Attributes, type NativeBinding } from '../../core/network/native/backend.js';
import { loadTensorFlow } from '../../core/network/tensorflow.js';
import { requireNative } from './layers-models.js';

const tf = loadTensorFlow();

/** Ways in which a kernel can be unfit for a graph. Each still gives (nearly) the right numbers eagerly. */
export type Unfit = 'draws numbers in JavaScript' | 'reads its input back' | 'is refused by TensorFlow in a graph';

/** Runs `act` while tfjs's kernel for tanh is unfit for a graph. */
export async function withUnfitTanh<T>(how: Unfit, act: () => Promise<T>): Promise<T> {
  const backend = requireNative();
  const original = tf.getKernel('Tanh', 'tensorflow');
  // Eager operations infer the types that are not given; those of a graph don't.
  const types =
    how !== 'is refused by TensorFlow in a graph' ? [new Attributes(backend.binding).type('T', 'float32')] : [];
  const put = (kernelFunc: typeof original.kernelFunc): void => {
    tf.unregisterKernel('Tanh', 'tensorflow');
    tf.registerKernel({ kernelName: 'Tanh', backendName: 'tensorflow', kernelFunc });
  };
  put(({ inputs }) => {
    const x = inputs['x'] as Tensor;
    if (how === 'reads its input back') x.dataSync();
    if (how === 'draws numbers in JavaScript')
      return backend.executeSingleOutput('Tanh', types, [x.add(tf.randomUniform(x.shape, 0, 1e-4))]);
    return backend.executeSingleOutput('Tanh', types, [x]);
  });
  try {
    return await act();
  } finally {
    put(original.kernelFunc);
  }
}

/** Runs `act` while graphs are run by `run` in place of the addon. */
export async function withGraphsRunBy<T>(
  run: (
    binding: NativeBinding,
    ...call: Parameters<NativeBinding['runSavedModel']>
  ) => ReturnType<NativeBinding['runSavedModel']>,
  act: () => Promise<T>,
): Promise<T> {
  const backend = requireNative();
  const { binding } = backend;
  const names = Object.getOwnPropertyNames(binding) as (keyof typeof binding)[];
  const copy = Object.fromEntries(names.map((name) => [name, binding[name]])) as unknown as typeof binding;
  backend.binding = { ...copy, runSavedModel: (...call) => run(binding, ...call) };
  try {
    return await act();
  } finally {
    backend.binding = binding;
  }
}

/** Runs a graph, and adds a per cent, or what `factor` says, to all values of the output `name` where it is among what is fetched. */
export function falsifying(name: string, factor = 1.01): Parameters<typeof withGraphsRunBy>[0] {
  return (binding, id, inputs, inputNames, outputNames) => {
    const results = binding.runSavedModel(id, inputs, inputNames, outputNames);
    return results.map((result, i) => {
      if (outputNames.split(',')[i] !== name) return result;
      const values = binding.tensorDataSync(result.id).map((value) => value * factor);
      binding.deleteTensor(result.id);
      return { ...result, id: binding.createTensor(result.shape, result.dtype, values) };
    });
  };
}
