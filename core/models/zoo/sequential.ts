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

/** What differs from the usual convolution: its strides, its padding, or that a batch norm behind it has the bias. */
export function changed({ class_name, config }: Layer, own: Layer['config']): Layer {
  return { class_name, config: { ...config, ...own } };
}

/** A convolution of each channel by itself with `same` padding, without a bias. */
export function depthwise(name: string, size: number, stride: number): Layer {
  return {
    class_name: 'DepthwiseConv2D',
    config: {
      name,
      trainable: true,
      kernel_size: [size, size],
      strides: [stride, stride],
      padding: 'same',
      data_format: 'channels_last',
      dilation_rate: [1, 1],
      depth_multiplier: 1,
      activation: 'linear',
      use_bias: false,
      depthwise_initializer: { class_name: 'GlorotUniform', config: { seed: null } },
    },
  };
}

/** A transposed convolution with `same` padding: its output is `stride` times as large. */
export function transposed(name: string, filters: number, size: number, stride: number, activation: string): Layer {
  const { config } = conv(name, filters, size, activation);
  return { class_name: 'Conv2DTranspose', config: { ...config, strides: [stride, stride], padding: 'same' } };
}

/** Batch norm over the channels. */
export function batchNorm(name: string): Layer {
  return {
    class_name: 'BatchNormalization',
    config: {
      name,
      trainable: true,
      axis: -1,
      // Keras' 0.99 takes hundreds of steps to forget where it began; an epoch of the built-in data has fewer.
      momentum: 0.9,
      epsilon: 0.001,
      center: true,
      scale: true,
      beta_initializer: { class_name: 'Zeros', config: {} },
      gamma_initializer: { class_name: 'Ones', config: {} },
      moving_mean_initializer: { class_name: 'Zeros', config: {} },
      moving_variance_initializer: { class_name: 'Ones', config: {} },
    },
  };
}

/** The largest of zero and each value, as a layer of its own. */
export function relu(name: string): Layer {
  return { class_name: 'Activation', config: { name, activation: 'relu' } };
}

/** The mean over positions, one number a channel. */
export function globalMean(name: string): Layer {
  return { class_name: 'GlobalAveragePooling2D', config: { name, data_format: 'channels_last' } };
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
  return { class_name: 'LSTM', config: { ...recurrent(name, units), unit_forget_bias: true } };
}

/** A GRU whose reset gate acts before the recurrent product (Cho et al. 2014), the only kind that tfjs has; it gives its last step's output. */
export function gru(name: string, units: number): Layer {
  return { class_name: 'GRU', config: { ...recurrent(name, units), reset_after: false } };
}

function recurrent(name: string, units: number): Layer['config'] {
  return {
    name,
    trainable: true,
    units,
    activation: 'tanh',
    // tfjs would take hardSigmoid by itself.
    recurrent_activation: 'sigmoid',
    use_bias: true,
    ...glorot(),
    recurrent_initializer: { class_name: 'Orthogonal', config: { gain: 1, seed: null } },
    dropout: 0,
    recurrent_dropout: 0,
    return_sequences: false,
    return_state: false,
    go_backwards: false,
    stateful: false,
    unroll: false,
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
