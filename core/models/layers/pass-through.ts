import { sizeOf } from '../named-tensor.js';
import {
  activationOf,
  type Describe,
  features,
  integers,
  type LayerDescription,
  only,
  type Parameter,
  type Shape,
  vector,
  windowed,
} from './description.js';

function passing(
  output: Shape,
  activation: string | null = null,
  parameters: readonly Parameter[] = [],
): LayerDescription {
  return { output, parameters, flow: { kind: 'same' }, activation };
}

/** InputLayer: the shape that the config gives. */
export const input: Describe = (config) => {
  const shape = (config['batch_input_shape'] ?? config['batch_shape'] ?? []) as readonly (number | null)[];
  return { output: shape.slice(1).map((size) => size ?? 1), parameters: [], flow: { kind: 'input' }, activation: null };
};

/** Layers that leave shape and features as they are: dropout, noise, and activations named by their class. */
export function unchanged(activation: string | null): Describe {
  return (_config, inputs, layer) => passing(only(inputs, layer), activation);
}

/** Activation: whichever the config names. */
export const activation: Describe = (config, inputs, layer) => passing(only(inputs, layer), activationOf(config));

/** BatchNormalization over the last axis: gamma, beta, moving mean and variance. */
export const batchNormalization: Describe = (config, inputs, layer) => {
  const shape = only(inputs, layer);
  const size = [features(shape)];
  const axes = [{ role: 'feature' }] as const;
  const parameters = [
    ...(config['scale'] === false ? [] : [vector('gamma', size, axes, 'Ones')]),
    ...(config['center'] === false ? [] : [vector('beta', size, axes, 'Zeros')]),
    vector('moving_mean', size, axes, 'Zeros', false),
    vector('moving_variance', size, axes, 'Ones', false),
  ];
  return passing(shape, null, parameters);
};

/** Max and average pooling over windows. */
export function pooling(dimensions: number): Describe {
  return (config, inputs, layer) => {
    const shape = only(inputs, layer);
    const window = integers(config, 'pool_size', dimensions, 2);
    const strides = integers({ strides: config['strides'] ?? window }, 'strides', dimensions, 1);
    const positions = window.map((size, i) =>
      windowed(shape[i] ?? 0, size, strides[i] ?? size, config['padding'], 1, layer),
    );
    return passing([...positions, features(shape)]);
  };
}

/** Global pooling: one number for each feature. */
export const globalPooling: Describe = (config, inputs, layer) => {
  const shape = only(inputs, layer);
  const kept = config['keepdims'] === true || config['keep_dims'] === true ? shape.slice(0, -1).map(() => 1) : [];
  return passing([...kept, features(shape)]);
};

/** UpSampling2D. */
export const upSampling2d: Describe = (config, inputs, layer) => {
  const shape = only(inputs, layer);
  const size = integers(config, 'size', 2, 2);
  return passing([...shape.slice(0, 2).map((length, i) => length * (size[i] ?? 1)), features(shape)]);
};

/** ZeroPadding2D: padding as a number, a pair, or a pair of pairs. */
export const zeroPadding2d: Describe = (config, inputs, layer) => {
  const shape = only(inputs, layer);
  const value = config['padding'];
  const pairs = Array.isArray(value) ? value : [value, value];
  const sums = pairs.map((pair) => (Array.isArray(pair) ? Number(pair[0]) + Number(pair[1]) : 2 * Number(pair)));
  return passing([...shape.slice(0, 2).map((length, i) => length + (sums[i] ?? 0)), features(shape)]);
};

/** Flatten in TensorFlow's layout: channel c of C feeds features c, c + C, c + 2C, … */
export const flatten: Describe = (_config, inputs, layer) => ({
  output: [sizeOf(only(inputs, layer))],
  parameters: [],
  flow: { kind: 'flatten' },
  activation: null,
});

/** Reshape: features mix unless the last axis stays. */
export const reshape: Describe = (config, inputs, layer) => {
  const shape = only(inputs, layer);
  const target = (config['target_shape'] ?? []) as number[];
  const known = target.filter((size) => size > 0).reduce((product, size) => product * size, 1);
  const output = target.map((size) => (size > 0 ? size : sizeOf(shape) / known));
  return { output, parameters: [], flow: { kind: 'opaque' }, activation: null };
};

/** Add, Multiply, Average, Maximum, Minimum: element-wise over inputs of one shape. */
export const elementwise: Describe = (_config, inputs, layer) => ({
  output: only(inputs, layer),
  parameters: [],
  flow: { kind: 'coupled' },
  activation: null,
});

/** Concatenate along the last axis; along another one features are coupled. */
export const concatenate: Describe = (config, inputs, layer) => {
  const shape = only(inputs, layer);
  const axis = typeof config['axis'] === 'number' ? config['axis'] : -1;
  const at = axis < 0 ? shape.length + axis : axis - 1;
  const joined = inputs.reduce((sum, each) => sum + (each[at] ?? 0), 0);
  return {
    output: shape.map((size, i) => (i === at ? joined : size)),
    parameters: [],
    flow: { kind: at === shape.length - 1 ? 'concatenates' : 'coupled' },
    activation: null,
  };
};
