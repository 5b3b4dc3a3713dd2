import { sizeOf } from '../named-tensor.js';
import { activate } from './activations.js';
import { activatedBias } from './dense.js';
import {
  activationOf,
  bias,
  type Describe,
  FIXED,
  features,
  IN,
  type Intake,
  integer,
  integers,
  kernel,
  OUT,
  only,
  type Producing,
  type Shape,
  unsupported,
  windowed,
} from './description.js';

type Config = Parameters<Describe>[0];

const PADDINGS = ['valid', 'same'];
const CAUSAL_TOO = [...PADDINGS, 'causal'];

const KERNEL: Intake = { kernels: ['kernel'], bias: 'bias' };

/** Conv1D, Conv2D, Conv3D: kernel [...window, in, filters]. */
export function convolution(dimensions: number): Describe {
  return (config, inputs, layer) => {
    const input = only(inputs, layer);
    const filters = integer(config, 'filters', layer);
    const window = integers(config, 'kernel_size', dimensions, 1);
    const positions = outputPositions(config, input, window, layer, dimensions === 1 ? CAUSAL_TOO : PADDINGS);
    const { groups = 1 } = config;
    if (groups !== 1) throw unsupported(layer, 'convolves in groups', `groups: ${String(groups)}`, 'groups: 1');
    const shape = [...window, features(input), filters];
    const axes = [...window.map(() => FIXED), IN, OUT];
    return {
      output: [...positions, filters],
      parameters: [kernel('kernel', shape, axes, sizeOf(positions)), ...bias(config, [filters], [OUT])],
      flow: producing(config, filters, KERNEL, isEven(config, window)),
      activation: activationOf(config),
      resized: (count) => ({ ...config, filters: count }),
    };
  };
}

/** Conv2DTranspose and Conv3DTranspose: kernel [...window, filters, in]; each weight is used once for every input position. */
export function transposedConvolution(dimensions: number): Describe {
  return (config, inputs, layer) => {
    const input = only(inputs, layer);
    const filters = integer(config, 'filters', layer);
    const window = integers(config, 'kernel_size', dimensions, 1);
    const strides = integers(config, 'strides', dimensions, 1);
    refusePadding(config, layer, PADDINGS);
    for (const [key, given] of [
      ['dilation_rate', integers(config, 'dilation_rate', dimensions, 1).filter((size) => size !== 1)],
      ['output_padding', [config['output_padding'] ?? []].flat()],
    ] as const)
      if (given.length > 0) throw unsupported(layer, `sets its ${key}`, `${key}: ${String(config[key])}`, `no ${key}`);
    const positions = input.slice(0, dimensions);
    const output = positions.map((size, i) => {
      const stride = strides[i] ?? 1;
      return config['padding'] === 'same' ? size * stride : size * stride + Math.max((window[i] ?? 1) - stride, 0);
    });
    const shape = [...window, filters, features(input)];
    // Windows overlap less at the border, and a stride leaves gaps between them.
    const isEven = [...window, ...strides].every((size) => size === 1);
    return {
      output: [...output, filters],
      parameters: [
        kernel('kernel', shape, [...window.map(() => FIXED), OUT, IN], sizeOf(positions)),
        ...bias(config, [filters], [OUT]),
      ],
      flow: producing(config, filters, KERNEL, isEven),
      activation: activationOf(config),
      resized: (count) => ({ ...config, filters: count }),
    };
  };
}

/** DepthwiseConv2D: kernel [h, w, in, multiplier], each input feature gives `multiplier` side by side; tfmot does not prune it. */
export const depthwiseConvolution2d: Describe = (config, inputs, layer) => {
  const input = only(inputs, layer);
  const by = depthMultiplier(config);
  const window = integers(config, 'kernel_size', 2, 1);
  const positions = outputPositions(config, input, window, layer);
  const channels = features(input) * by;
  const depthwise = kernel('depthwise_kernel', [...window, features(input), by], DEPTHWISE, sizeOf(positions), false);
  return {
    output: [...positions, channels],
    parameters: [
      { ...depthwise, initializer: ['depthwise_initializer', 'GlorotUniform'] },
      ...bias(config, [channels], [{ role: 'multiplied', by }]),
    ],
    flow: {
      kind: 'passes',
      from: (feature) => [{ input: 0, feature: Math.floor(feature / by) }],
      constant: ([value = 0], feature, weights) => {
        const filter = weights('depthwise_kernel');
        let [sum, hears] = [0, false];
        for (let i = feature; i < filter.length; i += channels) {
          sum += filter[i] ?? 0;
          hears ||= filter[i] !== 0;
        }
        if (value !== 0 && hears && !isEven(config, window)) return null;
        const shift = config['use_bias'] === false ? 0 : (weights('bias')[feature] ?? 0);
        return activate(activationOf(config), value * sum + shift);
      },
    },
    activation: activationOf(config),
  };
};

/** SeparableConv2D: a depthwise and a pointwise kernel. */
export const separableConvolution2d: Describe = (config, inputs, layer) => {
  const input = only(inputs, layer);
  const filters = integer(config, 'filters', layer);
  const by = depthMultiplier(config);
  const window = integers(config, 'kernel_size', 2, 1);
  const positions = outputPositions(config, input, window, layer);
  const uses = sizeOf(positions);
  const depthwise = kernel('depthwise_kernel', [...window, features(input), by], DEPTHWISE, uses, false);
  const pointwise = kernel(
    'pointwise_kernel',
    [1, 1, features(input) * by, filters],
    [FIXED, FIXED, { role: 'multiplied', by }, OUT],
    uses,
  );
  const intake = { kernels: ['depthwise_kernel', 'pointwise_kernel'], bias: 'bias' };
  return {
    output: [...positions, filters],
    parameters: [
      { ...depthwise, initializer: ['depthwise_initializer', 'GlorotUniform'] },
      { ...pointwise, initializer: ['pointwise_initializer', 'GlorotUniform'] },
      ...bias(config, [filters], [OUT]),
    ],
    flow: producing(config, filters, intake, isEven(config, window)),
    activation: activationOf(config),
    built: withoutKernel(config),
    resized: (count) => ({ ...config, filters: count }),
  };
};

const DEPTHWISE = [FIXED, FIXED, IN, FIXED];

function producing(config: Config, units: number, intake: Intake, evenly: boolean): Producing {
  const constant = activatedBias(config);
  return { kind: 'produces', units, granularity: 'filter', constant, takes: { intakes: [intake], evenly } };
}

/** Whether every window lies on the input alone, without padding. */
function isEven(config: Config, window: readonly number[]): boolean {
  return (config['padding'] ?? 'valid') === 'valid' || window.every((size) => size === 1);
}

function depthMultiplier(config: Config): number {
  return typeof config['depth_multiplier'] === 'number' ? config['depth_multiplier'] : 1;
}

function outputPositions(
  config: Config,
  input: Shape,
  window: readonly number[],
  layer: string,
  paddings = PADDINGS,
): number[] {
  const strides = integers(config, 'strides', window.length, 1);
  const dilations = integers(config, 'dilation_rate', window.length, 1);
  refusePadding(config, layer, paddings);
  if (strides.some((stride) => stride > 1) && dilations.some((dilation) => dilation > 1)) {
    const found = `strides: ${strides.join(', ')} and dilation_rate: ${dilations.join(', ')}`;
    throw unsupported(layer, 'has both strides and dilation', found, 'one of them, and the other 1');
  }
  return window.map((size, i) =>
    windowed(input[i] ?? 0, size, strides[i] ?? 1, config['padding'], dilations[i] ?? 1, layer),
  );
}

function refusePadding(config: Config, layer: string, paddings: readonly string[]): void {
  const padding = String(config['padding'] ?? 'valid');
  if (!paddings.includes(padding))
    throw unsupported(layer, 'pads its input in no known way', `padding: ${padding}`, paddings.join(', '));
}

/** Keras 2 writes settings of a kernel that the layer does not have; tfjs refuses them. */
function withoutKernel(config: Config): Config {
  return Object.fromEntries(
    Object.entries(config).filter(([key]) => !key.startsWith('kernel_') || key === 'kernel_size'),
  );
}
