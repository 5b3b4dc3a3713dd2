import { sizeOf } from '../named-tensor.js';
import { activationOf, bias, type Describe, FIXED, features, IN, integer, kernel, OUT, only } from './description.js';

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
    flow: { kind: 'produces', units, unitsKey: 'units', granularity: 'neuron' },
    activation: activationOf(config),
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
    flow: { kind: 'produces', units, unitsKey: 'output_dim', granularity: 'neuron' },
    activation: null,
  };
};
