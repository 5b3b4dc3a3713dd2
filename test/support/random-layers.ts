import type { Layer } from './tiny-networks.js';

/** Numbers that decide everything about one layer. */
export type Draw = readonly [choice: number, a: number, b: number, c: number];
/** Makes a layer for an input of some shape. */
export type Make = (draw: Draw, shape: readonly number[]) => Layer;

const ACTIVATIONS = [
  'linear',
  'relu',
  'tanh',
  'sigmoid',
  'elu',
  'selu',
  'softsign',
  'swish',
  'hard_sigmoid',
  'softplus',
  'gelu',
  'mish',
  'relu6',
  'softmax',
];

/** An item that a number stands for. */
export function pick<T>(items: readonly T[], number: number): T {
  return items[number % items.length] as T;
}

/** A layer of a class. */
export const layer = (class_name: string, config: Record<string, unknown> = {}): Layer => ({ class_name, config });
/** Any activation. */
export const activation = (number: number) => ({ activation: pick(ACTIVATIONS, number) });
const padding = (number: number) => ({ padding: pick(['same', 'valid'], number) });
const bias = (number: number) => ({ use_bias: number % 4 > 0 });
/** A few units. */
export const units = (number: number): number => 2 + (number % 4);
const window = (dimensions: number, a: number, b: number): number[] =>
  Array.from({ length: dimensions }, (_, i) => 1 + ((a + i * b) % 3));
/** The same along all axes: TensorFlow's convolution on CPUs is wrong for some unequal ones. */
const strides = (number: number): number => pick([1, 1, 1, 2, 3], number);
/** Strides, or gaps within a window. */
const steps = (dimensions: number, c: number) => ({
  strides: Array.from({ length: dimensions }, () => strides(c)),
  dilation_rate: Array.from({ length: dimensions }, () => (c % 5 === 1 ? 2 : 1)),
});
const named = (inner: Layer): Layer => ({ ...inner, config: { name: 'inner', ...inner.config } });

const convolution =
  (class_name: string, dimensions: number): Make =>
  ([, a, b, c]) =>
    layer(class_name, {
      filters: units(a),
      kernel_size: window(dimensions, a, b),
      ...steps(dimensions, c),
      ...(class_name.endsWith('Transpose') ? { dilation_rate: 1 } : {}),
      ...(class_name === 'Conv1D' && a % 3 === 0 ? { padding: 'causal' } : padding(b)),
      ...activation(c),
      ...bias(a + c),
    });
const depthwise: Make = ([, a, b, c]) =>
  layer('DepthwiseConv2D', {
    kernel_size: window(2, a, b),
    depth_multiplier: 1 + (c % 2),
    ...steps(2, c),
    ...padding(b),
    ...activation(c),
    ...bias(a + c),
  });
const separable: Make = ([, a, b, c]) =>
  layer('SeparableConv2D', {
    filters: units(a),
    kernel_size: window(2, a, b),
    depth_multiplier: 1 + (b % 2),
    ...steps(2, c),
    ...padding(b),
    ...activation(c),
  });
const pooling =
  (class_name: string, dimensions: number): Make =>
  ([, a, b, c]) =>
    layer(class_name, {
      pool_size: window(dimensions, a, b),
      strides: Array.from({ length: dimensions }, () => 1 + (c % 3)),
      ...padding(b),
    });
const dense: Make = ([, a, b, c]) => layer('Dense', { units: units(a), ...activation(c), ...bias(b) });
const cell = ([, a, b, c]: Draw): Layer =>
  layer(pick(['LSTM', 'GRU', 'SimpleRNN'], b), {
    units: units(a),
    return_sequences: c % 2 === 0,
    activation: pick(['tanh', 'relu', 'sigmoid'], c % 3),
    recurrent_activation: 'sigmoid',
    reset_after: a % 2 === 0,
    ...bias(a + c),
  });
const bidirectional: Make = (draw) =>
  layer('Bidirectional', {
    merge_mode: pick(['concat', 'sum', 'ave', 'mul'], draw[3]),
    layer: named(cell(draw)),
  });
const timeDistributed =
  (...inner: readonly Make[]): Make =>
  (draw, [, ...shape]) =>
    layer('TimeDistributed', { layer: named(pick(inner, draw[1] + draw[3])(draw, shape)) });
const plain =
  (class_name: string, config: Record<string, unknown> = {}): Make =>
  () =>
    layer(class_name, config);
const reshape =
  (...targets: readonly ((shape: readonly number[], draw: Draw) => readonly number[])[]): Make =>
  (draw, shape) =>
    layer('Reshape', { target_shape: pick(targets, draw[1])(shape, draw) });

/** Layers that any shape can take. */
export const ANYWHERE: readonly Make[] = [
  dense,
  dense,
  ([, a], shape) => layer('PReLU', a % 3 === 0 ? {} : { shared_axes: shape.slice(1).map((_, i) => i + 1) }),
  ([, a]) => layer('Activation', activation(a)),
  ([, a]) => layer('ReLU', a % 2 === 0 ? {} : { max_value: 1 }),
  plain('LeakyReLU', { alpha: 0.2 }),
  plain('ELU', { alpha: 1 }),
  plain('ThresholdedReLU', { theta: 0.1 }),
  plain('Softmax', { axis: -1 }),
  ([, a]) => layer(pick(['Dropout', 'AlphaDropout', 'GaussianDropout'], a), { rate: 0.5 }),
  plain('GaussianNoise', { stddev: 0.5 }),
  ([, a], shape) => (shape.length > 1 ? layer('Flatten') : layer('Activation', activation(a))),
];

/** Norms of examples of up to three axes. */
export const NORMS: readonly Make[] = [
  ([, a, b]) => layer('BatchNormalization', { scale: a % 4 > 0, center: b % 4 > 0 }),
  ([, a]) => layer('BatchNormalization', { axis: a % 3 === 0 ? 1 : -1 }),
  ([, a, b], shape) =>
    layer('LayerNormalization', a % 2 === 0 || shape.length < 2 ? {} : { axis: 1, center: b % 2 === 0 }),
];

/** Layers for flat examples, sequences, images and volumes. */
export const BY_RANK: readonly (readonly Make[])[] = [
  [],
  [
    dense,
    ([, a]) => layer('RepeatVector', { n: 1 + (a % 3) }),
    reshape(
      ([n = 1]) => [1, n],
      ([n = 1]) => (n % 2 === 0 ? [n / 2, 2] : [n, 1]),
      ([n = 1]) => (n % 4 === 0 ? [2, 1, n / 2] : [1, 1, n]),
    ),
  ],
  [
    convolution('Conv1D', 1),
    cell,
    cell,
    bidirectional,
    bidirectional,
    timeDistributed(dense, plain('BatchNormalization'), ([, a]) => layer('Activation', activation(a))),
    pooling('MaxPooling1D', 1),
    pooling('AveragePooling1D', 1),
    plain('GlobalAveragePooling1D'),
    plain('GlobalMaxPooling1D'),
    plain('SpatialDropout1D', { rate: 0.5 }),
    ([, a]) => layer('Permute', { dims: a % 2 === 0 ? [1, 2] : [2, 1] }),
    reshape(
      ([t = 1, f = 1]) => [t, 1, f],
      ([t = 1, f = 1]) => [t * f],
      ([t = 1, f = 1]) => [f, t],
    ),
  ],
  [
    convolution('Conv2D', 2),
    convolution('Conv2D', 2),
    convolution('Conv2DTranspose', 2),
    depthwise,
    depthwise,
    separable,
    pooling('MaxPooling2D', 2),
    pooling('AveragePooling2D', 2),
    plain('GlobalAveragePooling2D'),
    plain('GlobalMaxPooling2D'),
    ([, a]) => layer('UpSampling2D', { size: [1 + (a % 2), 2], interpolation: pick(['nearest', 'bilinear'], a) }),
    ([, a, b]) =>
      layer('ZeroPadding2D', {
        padding: [
          [a % 2, b % 2],
          [0, 1],
        ],
      }),
    ([, a]) =>
      layer('Cropping2D', {
        cropping: [
          [0, a % 2],
          [1, 0],
        ],
      }),
    ([, a]) => layer('Permute', { dims: a % 2 === 0 ? [2, 1, 3] : [1, 3, 2] }),
    timeDistributed(dense, convolution('Conv1D', 1), cell, plain('Flatten')),
    reshape(
      ([h = 1, w = 1, c = 1]) => [h * w, c],
      ([h = 1, w = 1, c = 1]) => [h, w * c],
      ([h = 1, w = 1, c = 1]) => [h * w * c],
    ),
  ],
  [
    convolution('Conv3D', 3),
    convolution('Conv3DTranspose', 3),
    pooling('MaxPooling3D', 3),
    pooling('AveragePooling3D', 3),
    timeDistributed(convolution('Conv2D', 2), depthwise, separable, plain('Flatten')),
    timeDistributed(convolution('Conv2DTranspose', 2), ...NORMS.slice(0, 2)),
    plain('BatchNormalization'),
  ],
];
