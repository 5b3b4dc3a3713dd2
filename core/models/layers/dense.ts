import { sizeOf } from '../named-tensor.js';
import { activate } from './activations.js';
import {
  activationOf,
  bias,
  type Describe,
  FIXED,
  features,
  IN,
  integer,
  kernel,
  OUT,
  only,
  type Producing,
} from './description.js';

/** Dense: kernel [in, units], applied at every position of the other axes. */
export const dense: Describe = (config, inputs, layer) => {
  const input = only(inputs, layer);
  const units = integer(config, 'units', layer);
  const positions = input.slice(0, -1);
  return {
    output: [...positions, units],
    parameters: [
      kernel('kernel', [features(input), units], [IN, OUT], sizeOf(positions)),
      ...bias(config, [units], [OUT]),
    ],
    flow: {
      kind: 'produces',
      units,
      granularity: 'neuron',
      constant: activatedBias(config),
      takes: { intakes: [{ kernels: ['kernel'], bias: 'bias' }], evenly: true },
    },
    activation: activationOf(config),
    resized: (count) => ({ ...config, units: count }),
  };
};

/** Embedding: a table that is looked up and multiplies nothing. */
export const embedding: Describe = (config, inputs, layer) => {
  const input = only(inputs, layer);
  const units = integer(config, 'output_dim', layer);
  const table = kernel('embeddings', [integer(config, 'input_dim', layer), units], [FIXED, OUT], 0);
  return {
    output: [...input, units],
    parameters: [{ ...table, initializer: ['embeddings_initializer', 'RandomUniform'] }],
    flow: { kind: 'produces', units, granularity: 'neuron', constant: () => 0, takes: null },
    activation: null,
    resized: (count) => ({ ...config, output_dim: count }),
  };
};

/** What is left of a unit of a dense or convolutional layer without its kernel: its activated bias. */
export function activatedBias(config: Parameters<Describe>[0]): Producing['constant'] {
  const activation = activationOf(config);
  return (unit, weights) => activate(activation, config['use_bias'] === false ? 0 : (weights('bias')[unit] ?? 0));
}
