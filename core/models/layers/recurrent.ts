import { activate } from './activations.js';
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
  type Producing,
  unsupported,
  vector,
} from './description.js';

/**
 * LSTM (4 gates: i, f, c, o), GRU (3: z, r, h) and SimpleRNN (1): kernel [in, gates · units], recurrent kernel [units, gates · units], bias
 * [gates · units]; GRU with `reset_after` has two rows of bias. Gates are blocks of `units` columns.
 */
export function recurrent(gates: number): Describe {
  return (config, inputs, layer) => {
    const input = only(inputs, layer);
    refuseStates(config, layer);
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
      flow: {
        kind: 'produces',
        units,
        granularity: 'recurrent',
        constant: gates === 1 ? withoutGates(config) : withGates(config, gates, units),
        takes: { intakes: [{ kernels: ['kernel'], bias: 'bias' }], evenly: true },
      },
      activation: activationOf(config),
      resized: (count) => ({ ...config, units: count }),
    };
  };
}

/** A unit of a SimpleRNN without its kernels gives its activated bias at every step. */
function withoutGates(config: Parameters<Describe>[0]): Producing['constant'] {
  const activation = stateActivation(config);
  return (unit, weights) => activate(activation, config['use_bias'] === false ? 0 : (weights('bias')[unit] ?? 0));
}

/** The candidate of a gated unit without kernels is its activated bias; unless that is zero, the state comes near it step by step. */
function withGates(config: Parameters<Describe>[0], gates: number, units: number): Producing['constant'] {
  const activation = stateActivation(config);
  // The state's candidate is c of i, f, c, o, and h of z, r, h.
  const candidate = 2 * units;
  return (unit, weights) => {
    const bias = config['use_bias'] === false ? new Float32Array(1) : weights('bias');
    for (let row = candidate + unit; row < bias.length; row += gates * units) if (bias[row] !== 0) return null;
    return activate(activation, 0) === 0 ? 0 : null;
  };
}

function stateActivation(config: Parameters<Describe>[0]): string | null {
  return activationOf({ activation: config['activation'] ?? 'tanh' });
}

/** @throws PrunefrontError `PRUNEFRONT_MODEL_UNSUPPORTED` where the layer gives its states as well: it would have several outputs */
function refuseStates(config: Parameters<Describe>[0], layer: string): void {
  if (config['return_state'] !== true) return;
  throw unsupported(layer, 'gives its states beside its output', 'return_state: true', 'return_state: false');
}
