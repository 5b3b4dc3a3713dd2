import {
  type Axis,
  activationOf,
  type Describe,
  FIXED,
  features,
  IN,
  integer,
  kernel,
  OUT,
  only,
  vector,
} from './description.js';

/**
 * LSTM (4 gates: i, f, c, o), GRU (3: z, r, h) and SimpleRNN (1): kernel [in, gates · units], recurrent kernel [units, gates · units], bias
 * [gates · units]; GRU with `reset_after` has two rows of bias. Gates are blocks of `units` columns.
 */
export function recurrent(gates: number): Describe {
  return (config, inputs, layer) => {
    const input = only(inputs, layer);
    const units = integer(config, 'units', layer);
    const steps = input[0] ?? 1;
    const columns: Axis = gates === 1 ? OUT : { role: 'gates', count: gates };
    const twoBiases = gates === 3 && config['reset_after'] === true;
    const bias = twoBiases
      ? vector('bias', [2, gates * units], [FIXED, columns], 'Zeros')
      : vector('bias', [gates * units], [columns], 'Zeros');
    // Only an LSTM has a gate that forgets and nothing else; Keras gives no other layer this key.
    const openForgetGate = gates === 4 && config['unit_forget_bias'] === true;
    return {
      output: config['return_sequences'] === true ? [steps, units] : [units],
      parameters: [
        kernel('kernel', [features(input), gates * units], [IN, columns], steps),
        {
          ...kernel('recurrent_kernel', [units, gates * units], [OUT, columns], steps),
          initializer: ['recurrent_initializer', 'Orthogonal'],
        },
        ...(config['use_bias'] === false
          ? []
          : [openForgetGate ? { ...bias, ones: [units, 2 * units] as const } : bias]),
      ],
      flow: { kind: 'produces', units, unitsKey: 'units', granularity: 'recurrent' },
      activation: activationOf(config),
    };
  };
}
