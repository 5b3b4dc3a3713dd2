import type { NativeBackend, NativeBinding, NativeValues } from '../../../network/native/backend.js';
import type { ConstantValues } from '../graph/node.js';
import type { Recording } from './recording.js';

/**
 * Runs `act` and records every operation that it makes TensorFlow run, with the values that it uploads. Every kernel of tfjs-node goes
 * through the binding's `executeOp`; a recording binding is put in its place meanwhile.
 */
export function record<T>(backend: NativeBackend, act: () => T): { readonly result: T; readonly recording: Recording } {
  const { binding } = backend;
  const events: Recording['events'][number][] = [];
  let wasReadBack = false;
  const recording: Partial<NativeBinding> = {
    createTensor(shape, dtype, values) {
      const id = binding.createTensor(shape, dtype, values);
      events.push({ kind: 'upload', output: id, dtype, shape: [...shape], values: constantValues(values) });
      return id;
    },
    executeOp(name, attributes, inputs, outputs) {
      const results = binding.executeOp(name, attributes, inputs, outputs);
      const own = attributes.map((attribute) => ({ ...attribute }));
      events.push({
        kind: 'operation',
        name,
        attributes: own,
        inputs: [...inputs],
        outputs: results.map(({ id }) => id),
      });
      return results;
    },
    tensorDataSync(id) {
      wasReadBack = true;
      return binding.tensorDataSync(id);
    },
  };
  backend.binding = { ...plainCopy(binding), ...recording };
  try {
    const result = act();
    return { result, recording: { events, wasReadBack } };
  } finally {
    backend.binding = binding;
  }
}

/** The native object's properties can't be overwritten, and its methods don't use `this`. */
function plainCopy(binding: NativeBinding): NativeBinding {
  const names = Object.getOwnPropertyNames(binding) as (keyof NativeBinding)[];
  return Object.fromEntries(names.map((name) => [name, binding[name]])) as unknown as NativeBinding;
}

function constantValues(values: NativeValues): ConstantValues {
  const [first] = values;
  if (first !== undefined && values.every((value) => Object.is(value, first))) return { uniform: first };
  return { all: values.slice() };
}
