import { parseTopology, type Topology } from '../topology.js';

/** A layer as Keras writes it. */
export type Layer = { readonly class_name: string; readonly config: Readonly<Record<string, unknown>> };

/** A convolution with `valid` padding. */
export function conv(name: string, filters: number, size: number, activation: string | null): Layer {
  return {
    class_name: 'Conv2D',
    config: {
      name,
      trainable: true,
      filters,
      kernel_size: [size, size],
      strides: [1, 1],
      padding: 'valid',
      data_format: 'channels_last',
      dilation_rate: [1, 1],
      activation: activation ?? 'linear',
      use_bias: true,
      ...glorot(),
    },
  };
}

/** Max pooling over 2 × 2. */
export function maxPool(name: string): Layer {
  return {
    class_name: 'MaxPooling2D',
    config: { name, pool_size: [2, 2], strides: [2, 2], padding: 'valid', data_format: 'channels_last' },
  };
}

/** A Flatten layer: the values of [h, w, c] row-major, channels last. */
export function flat(name: string): Layer {
  return { class_name: 'Flatten', config: { name } };
}

/** A dense layer. */
export function fullyConnected(name: string, units: number, activation: string): Layer {
  return { class_name: 'Dense', config: { name, trainable: true, units, activation, use_bias: true, ...glorot() } };
}

/** Another arrangement of the same values. */
export function reshape(name: string, shape: readonly number[]): Layer {
  return { class_name: 'Reshape', config: { name, target_shape: shape } };
}

/** An LSTM as Keras makes it by default; it gives its last step's output. */
export function lstm(name: string, units: number): Layer {
  return {
    class_name: 'LSTM',
    config: {
      name,
      trainable: true,
      units,
      activation: 'tanh',
      // tfjs would take hardSigmoid by itself.
      recurrent_activation: 'sigmoid',
      use_bias: true,
      ...glorot(),
      recurrent_initializer: { class_name: 'Orthogonal', config: { gain: 1, seed: null } },
      unit_forget_bias: true,
      dropout: 0,
      recurrent_dropout: 0,
      return_sequences: false,
      return_state: false,
      go_backwards: false,
      stateful: false,
      unroll: false,
    },
  };
}

/** The layer that takes inputs of `shape`. */
export function inputLayer(shape: readonly number[]): Layer {
  return {
    class_name: 'InputLayer',
    config: { name: 'input', batch_input_shape: [null, ...shape], dtype: 'float32', sparse: false },
  };
}

/** A sequential model on inputs of `shape`. */
export function sequential(name: string, shape: readonly number[], layers: readonly Layer[]): Topology {
  return parseTopology({ class_name: 'Sequential', config: { name, layers: [inputLayer(shape), ...layers] } });
}

/** The initializers of Keras. */
function glorot(): Record<string, unknown> {
  return {
    kernel_initializer: { class_name: 'GlorotUniform', config: { seed: null } },
    bias_initializer: { class_name: 'Zeros', config: {} },
  };
}
