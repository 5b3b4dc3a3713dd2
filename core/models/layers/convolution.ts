import { sizeOf } from '../named-tensor.js';
import {
  activationOf,
  bias,
  type Describe,
  FIXED,
  features,
  IN,
  integer,
  integers,
  kernel,
  OUT,
  only,
  type Shape,
  windowed,
} from './description.js';

/** Conv1D, Conv2D, Conv3D: kernel [...window, in / groups, filters]. */
export function convolution(dimensions: number): Describe {
  return (config, inputs, layer) => {
    const input = only(inputs, layer);
    const filters = integer(config, 'filters', layer);
    const window = integers(config, 'kernel_size', dimensions, 1);
    const positions = outputPositions(config, input, window, layer);
    const groups = typeof config['groups'] === 'number' ? config['groups'] : 1;
    const shape = [...window, features(input) / groups, filters];
    const axes = [...window.map(() => FIXED), groups === 1 ? IN : FIXED, OUT];
    return {
      output: [...positions, filters],
      parameters: [kernel('kernel', shape, axes, sizeOf(positions)), ...bias(config, [filters], [OUT])],
      flow:
        groups === 1
          ? { kind: 'produces', units: filters, unitsKey: 'filters', granularity: 'filter' }
          : { kind: 'opaque' },
      activation: activationOf(config),
    };
  };
}

/** Conv2DTranspose: kernel [h, w, filters, in]; each weight is used once for every input position. */
export const convolution2dTranspose: Describe = (config, inputs, layer) => {
  const input = only(inputs, layer);
  const filters = integer(config, 'filters', layer);
  const window = integers(config, 'kernel_size', 2, 1);
  const strides = integers(config, 'strides', 2, 1);
  const positions = input.slice(0, 2);
  const output = positions.map((size, i) => {
    const stride = strides[i] ?? 1;
    return config['padding'] === 'same' ? size * stride : size * stride + Math.max((window[i] ?? 1) - stride, 0);
  });
  return {
    output: [...output, filters],
    parameters: [
      kernel('kernel', [...window, filters, features(input)], [FIXED, FIXED, OUT, IN], sizeOf(positions)),
      ...bias(config, [filters], [OUT]),
    ],
    flow: { kind: 'produces', units: filters, unitsKey: 'filters', granularity: 'filter' },
    activation: activationOf(config),
  };
};

/** DepthwiseConv2D: kernel [h, w, in, multiplier]; tfmot does not prune it. */
export const depthwiseConvolution2d: Describe = (config, inputs, layer) => {
  const input = only(inputs, layer);
  const multiplier = typeof config['depth_multiplier'] === 'number' ? config['depth_multiplier'] : 1;
  const window = integers(config, 'kernel_size', 2, 1);
  const positions = outputPositions(config, input, window, layer);
  const channels = features(input) * multiplier;
  return {
    output: [...positions, channels],
    parameters: [
      kernel(
        'depthwise_kernel',
        [...window, features(input), multiplier],
        [FIXED, FIXED, IN, FIXED],
        sizeOf(positions),
        false,
      ),
      ...bias(config, [channels], [{ role: 'multiplied', by: multiplier }]),
    ],
    flow: { kind: 'multiplies', by: multiplier },
    activation: activationOf(config),
  };
};

/** SeparableConv2D: a depthwise and a pointwise kernel. */
export const separableConvolution2d: Describe = (config, inputs, layer) => {
  const input = only(inputs, layer);
  const filters = integer(config, 'filters', layer);
  const multiplier = typeof config['depth_multiplier'] === 'number' ? config['depth_multiplier'] : 1;
  const window = integers(config, 'kernel_size', 2, 1);
  const positions = outputPositions(config, input, window, layer);
  const uses = sizeOf(positions);
  return {
    output: [...positions, filters],
    parameters: [
      kernel('depthwise_kernel', [...window, features(input), multiplier], [FIXED, FIXED, IN, FIXED], uses, false),
      kernel(
        'pointwise_kernel',
        [1, 1, features(input) * multiplier, filters],
        [FIXED, FIXED, { role: 'multiplied', by: multiplier }, OUT],
        uses,
      ),
      ...bias(config, [filters], [OUT]),
    ],
    flow: { kind: 'produces', units: filters, unitsKey: 'filters', granularity: 'filter' },
    activation: activationOf(config),
  };
};

function outputPositions(
  config: Parameters<Describe>[0],
  input: Shape,
  window: readonly number[],
  layer: string,
): number[] {
  const strides = integers(config, 'strides', window.length, 1);
  const dilations = integers(config, 'dilation_rate', window.length, 1);
  return window.map((size, i) =>
    windowed(input[i] ?? 0, size, strides[i] ?? 1, config['padding'], dilations[i] ?? 1, layer),
  );
}
