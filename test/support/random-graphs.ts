import fc from 'fast-check';
import { PrunefrontError } from '../../core/errors.js';
import { describeLayer } from '../../core/models/layers/index.js';
import { sizeOf } from '../../core/models/named-tensor.js';
import type { Topology } from '../../core/models/topology.js';
import { functionalOf, type Layer } from './tiny-networks.js';

/** The largest example that a layer may give. */
const LARGEST = 500;

/** Numbers that decide everything about one layer. */
type Draw = readonly [choice: number, a: number, b: number, c: number];
type Make = (draw: Draw, shape: readonly number[]) => Layer;

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
const MERGES = ['Add', 'Multiply', 'Average', 'Maximum', 'Minimum'];

function pick<T>(items: readonly T[], number: number): T {
  return items[number % items.length] as T;
}

const layer = (class_name: string, config: Record<string, unknown> = {}): Layer => ({ class_name, config });
const activation = (number: number) => ({ activation: pick(ACTIVATIONS, number) });
const padding = (number: number) => ({ padding: pick(['same', 'valid'], number) });
const bias = (number: number) => ({ use_bias: number % 4 > 0 });
const units = (number: number): number => 2 + (number % 4);
const window = (dimensions: number, a: number, b: number): number[] =>
  Array.from({ length: dimensions }, (_, i) => 1 + ((a + i * b) % 3));
const dilation = (dimensions: number, isWide: boolean) => ({
  dilation_rate: Array.from({ length: dimensions }, () => (isWide ? 2 : 1)),
});
const named = (inner: Layer): Layer => ({ ...inner, config: { name: 'inner', ...inner.config } });

const convolution =
  (class_name: string, dimensions: number): Make =>
  ([, a, b, c]) =>
    layer(class_name, {
      filters: units(a),
      kernel_size: window(dimensions, a, b),
      strides: Array.from({ length: dimensions }, () => 1 + (c % 5 === 0 ? 1 : 0)),
      ...(class_name.endsWith('Transpose') ? {} : dilation(dimensions, c % 5 === 1)),
      ...(class_name === 'Conv1D' && a % 3 === 0 ? { padding: 'causal' } : padding(b)),
      ...activation(c),
      ...bias(a + c),
    });
const depthwise: Make = ([, a, b, c]) =>
  layer('DepthwiseConv2D', {
    kernel_size: window(2, a, b),
    depth_multiplier: 1 + (c % 2),
    ...dilation(2, c % 5 === 1),
    ...padding(b),
    ...activation(c),
    ...bias(a + c),
  });
const separable: Make = ([, a, b, c]) =>
  layer('SeparableConv2D', {
    filters: units(a),
    kernel_size: window(2, a, b),
    depth_multiplier: 1 + (b % 2),
    ...dilation(2, c % 5 === 1),
    ...padding(b),
    ...activation(c),
  });
const pooling =
  (class_name: string, dimensions: number): Make =>
  ([, a, b, c]) =>
    layer(class_name, {
      pool_size: window(dimensions, a, b),
      strides: Array.from({ length: dimensions }, () => 1 + (c % 2)),
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
const ANYWHERE: readonly Make[] = [
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
const NORMS: readonly Make[] = [
  ([, a, b]) => layer('BatchNormalization', { scale: a % 4 > 0, center: b % 4 > 0 }),
  ([, a]) => layer('BatchNormalization', { axis: a % 3 === 0 ? 1 : -1 }),
  ([, a, b], shape) =>
    layer('LayerNormalization', a % 2 === 0 || shape.length < 2 ? {} : { axis: 1, center: b % 2 === 0 }),
];

/** Layers for flat examples, sequences, images and volumes. */
const BY_RANK: readonly (readonly Make[])[] = [
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
    timeDistributed(convolution('Conv2D', 2), depthwise, plain('Flatten')),
    plain('BatchNormalization'),
  ],
];

const INPUTS: readonly (readonly number[])[] = [[6], [5, 3], [5, 4, 2], [6, 5, 1], [3, 4, 3, 2]];

/** A graph that grows by layers; what its names stand for is known as it grows. */
class Growing {
  readonly layers: (Layer & { readonly from: readonly string[] })[] = [];
  readonly shapes = new Map<string, readonly number[]>();
  current = 'input';

  constructor(input: readonly number[]) {
    this.shapes.set('input', input);
  }

  get shape(): readonly number[] {
    return this.shapes.get(this.current) ?? [];
  }

  /** Adds a layer where its shapes can be; whether it did. */
  add({ class_name, config }: Layer, from: readonly string[] = [this.current]): boolean {
    const name = `${class_name}_${this.layers.length}`;
    const inputs = from.map((other) => this.shapes.get(other) ?? []);
    try {
      const { output } = describeLayer({ name, className: class_name, config }, inputs);
      if (sizeOf(output) > LARGEST) return false;
      this.layers.push({ class_name, config: { name, ...config }, from });
      this.shapes.set(name, output);
      this.current = name;
      return true;
    } catch (error) {
      if (error instanceof PrunefrontError && error.code === 'PRUNEFRONT_IMPOSSIBLE_SHAPE') return false;
      throw error;
    }
  }

  /** Joins the current layer with an earlier one of its shape, or with a dense layer beside it. */
  join([, a, b]: Draw): void {
    const { current, shape } = this;
    const equal = [...this.shapes].flatMap(([name, other]) =>
      name !== current && other.join() === shape.join() ? [name] : [],
    );
    const concatenates = b % 3 === 0;
    if (equal.length === 0 || a % 2 === 0) {
      if (!this.add(layer('Dense', { units: concatenates ? units(a) : (shape.at(-1) ?? 1), ...activation(a) }))) return;
      equal.splice(0, equal.length, this.current);
    }
    const other = pick(equal, a);
    const axis = b % 2 === 0 || shape.length < 2 ? -1 : 1;
    const joined = concatenates ? layer('Concatenate', { axis }) : layer(pick(MERGES, b));
    if (concatenates && axis === 1 && this.shapes.get(other)?.join() !== shape.join()) return;
    this.add(joined, [current, other]);
  }

  /** The graph of what the last layer needs. */
  finish(): Topology {
    const needed = new Set([this.current]);
    for (const { config, from } of [...this.layers].reverse())
      if (needed.has(String(config['name']))) for (const name of from) needed.add(name);
    const used = this.layers.filter(({ config }) => needed.has(String(config['name'])));
    return functionalOf(this.shapes.get('input') ?? [], used);
  }
}

const number = fc.nat({ max: 59 });

/** Small graphs of all layers that surgery knows, with branches that meet again; their output is that of a dense layer. */
export const randomGraph: fc.Arbitrary<Topology> = fc
  .record({
    input: fc.nat({ max: INPUTS.length }),
    draws: fc.array(fc.tuple(number, number, number, number), { minLength: 2, maxLength: 9 }),
    flat: fc.boolean(),
  })
  .map(({ input, draws, flat }) => {
    const graph = new Growing(INPUTS[input] ?? [6]);
    // Embedding takes integers, so that it comes first or never.
    if (input === INPUTS.length) graph.add(layer('Embedding', { input_dim: 7, output_dim: 4 }));
    const masked = graph.shape.length === 2 && input < INPUTS.length && draws[0]?.[0] === 1;
    if (masked) graph.add(layer('Masking', { mask_value: 0 }));
    for (const draw of draws) {
      const [choice] = draw;
      const makes = [...(BY_RANK[graph.shape.length] ?? []), ...(graph.shape.length < 4 ? NORMS : []), ...ANYWHERE];
      // tfjs cannot join masks.
      if (choice % 4 === 0 && !masked) graph.join(draw);
      else graph.add(pick(makes, choice + draw[3] * 7)(draw, graph.shape));
    }
    if (flat && graph.shape.length > 1) graph.add(layer('Flatten'));
    graph.add(layer('Dense', { units: 3 }));
    return graph.finish();
  });
