import { PrunefrontError } from '../../errors.js';
import {
  type Describe,
  features,
  integers,
  type LayerDescription,
  only,
  type Passing,
  passing,
  type Shape,
  windowed,
} from './description.js';

function over(output: Shape, flow: Passing = passing()): LayerDescription {
  return { output, parameters: [], flow, activation: null };
}

/** A feature that is zero everywhere stays so; another number is one no more beside the zeros. */
const zeroAlone = passing(1, ([value = 0]) => (value === 0 ? 0 : null));

/** InputLayer: the shape that the config gives. */
export const input: Describe = (config) => {
  const shape = (config['batch_input_shape'] ?? config['batch_shape'] ?? []) as readonly (number | null)[];
  return { output: shape.slice(1).map((size) => size ?? 1), parameters: [], flow: { kind: 'input' }, activation: null };
};

/** Max and average pooling over windows; what pads them counts in neither. */
export function pooling(dimensions: number): Describe {
  return (config, inputs, layer) => {
    const shape = only(inputs, layer);
    const window = integers(config, 'pool_size', dimensions, 2);
    const strides = integers({ strides: config['strides'] ?? window }, 'strides', dimensions, 1);
    const positions = window.map((size, i) =>
      windowed(shape[i] ?? 0, size, strides[i] ?? size, config['padding'], 1, layer),
    );
    return over([...positions, features(shape)]);
  };
}

/** Global pooling: one number for each feature. */
export const globalPooling: Describe = (config, inputs, layer) => {
  const shape = only(inputs, layer);
  const kept = config['keepdims'] === true || config['keep_dims'] === true ? shape.slice(0, -1).map(() => 1) : [];
  return over([...kept, features(shape)]);
};

/** UpSampling2D, nearest or bilinear. */
export const upSampling2d: Describe = (config, inputs, layer) => {
  const shape = only(inputs, layer);
  const size = integers(config, 'size', 2, 2);
  return over([...shape.slice(0, 2).map((length, i) => length * (size[i] ?? 1)), features(shape)]);
};

/** ZeroPadding2D: padding as a number, a pair, or a pair of pairs. */
export const zeroPadding2d: Describe = (config, inputs, layer) => {
  const shape = only(inputs, layer);
  return over([...resizedBy(shape, config['padding'] ?? 1, 1), features(shape)], zeroAlone);
};

/** Cropping2D: cropping in the forms of padding. */
export const cropping2d: Describe = (config, inputs, layer) => {
  const shape = only(inputs, layer);
  const left = resizedBy(shape, config['cropping'] ?? 0, -1);
  if (left.every((length) => length > 0)) return over([...left, features(shape)]);
  throw new PrunefrontError('PRUNEFRONT_IMPOSSIBLE_SHAPE', `Layer ${layer} would leave nothing of its input`, {
    place: layer,
    found: `${left.join(' × ')} of ${shape.slice(0, 2).join(' × ')}`,
    allowed: 'at least 1 × 1',
  });
};

/** Masking: steps whose features all equal `mask_value` are left out; features that are zero are no sign against the value zero. */
export const masking: Describe = (config, inputs, layer) => {
  const shape = only(inputs, layer);
  const { mask_value: value = 0 } = config;
  return value === 0 ? over(shape, zeroAlone) : { ...over(shape), flow: { kind: 'mixes' } };
};

/** RepeatVector: [features] at every of n steps. */
export const repeatVector: Describe = (config, inputs, layer) =>
  over([...integers(config, 'n', 1, 1), ...only(inputs, layer)]);

function resizedBy(shape: Shape, value: unknown, sign: 1 | -1): number[] {
  const pairs = Array.isArray(value) ? value : [value, value];
  const sums = pairs.map((pair) => (Array.isArray(pair) ? Number(pair[0]) + Number(pair[1]) : 2 * Number(pair)));
  return shape.slice(0, 2).map((length, i) => length + sign * (sums[i] ?? 0));
}
