import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { costsOf } from '../../../core/models/costs.js';
import { describeTopology, modelParameters, toBuiltConfig } from '../../../core/models/described-topology.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { errorOf } from '../../support/errors.js';
import { functionalOf, type Layer, sequentialOf } from '../../support/tiny-networks.js';

const tf = loadTensorFlow();
const layer = (class_name: string, config: Record<string, unknown> = {}): Layer => ({
  class_name,
  config: { name: 'it', ...config },
});

const inner = (class_name: string, config: Record<string, unknown> = {}): Layer => ({
  class_name,
  config: { name: 'inner', ...config },
});

const zeros = { class_name: 'Zeros', config: {} };

/** Every known class once, in the forms that change its shapes, with the input it is given. */
const CASES: readonly (readonly [readonly number[], Layer])[] = [
  [[9, 4], layer('Conv1D', { filters: 3, kernel_size: [3], strides: [2], padding: 'valid' })],
  [[9, 4], layer('Conv1D', { filters: 3, kernel_size: [3], strides: [2], padding: 'causal' })],
  [[9, 4], layer('Conv1D', { filters: 3, kernel_size: [3], dilation_rate: [2], padding: 'causal' })],
  [[9, 8, 4], layer('Conv2D', { filters: 3, kernel_size: [3, 2], strides: [2, 2], padding: 'same', use_bias: false })],
  [[9, 8, 4], layer('Conv2D', { filters: 3, kernel_size: 3, dilation_rate: [2, 2], activation: 'relu' })],
  [[6, 7, 5, 2], layer('Conv3D', { filters: 3, kernel_size: [2, 3, 2], padding: 'valid' })],
  [[5, 6, 4], layer('Conv2DTranspose', { filters: 3, kernel_size: [3, 3], strides: [2, 2], padding: 'same' })],
  [[5, 6, 4], layer('Conv2DTranspose', { filters: 3, kernel_size: [3, 3], strides: [2, 2], padding: 'valid' })],
  [[3, 4, 2, 4], layer('Conv3DTranspose', { filters: 3, kernel_size: [3, 2, 2], strides: [2, 2, 2] })],
  [[5, 6, 4], layer('DepthwiseConv2D', { kernel_size: [3, 3], depth_multiplier: 2, padding: 'same' })],
  [[7, 6, 4], layer('DepthwiseConv2D', { kernel_size: [3, 2], dilation_rate: [2, 3], padding: 'valid' })],
  [
    [5, 6, 4],
    layer('SeparableConv2D', { filters: 5, kernel_size: [3, 3], kernel_initializer: zeros, kernel_regularizer: null }),
  ],
  [[5, 6, 4], layer('SeparableConv2D', { filters: 5, kernel_size: [3, 3], depth_multiplier: 2, padding: 'valid' })],
  [[7], layer('Dense', { units: 3, activation: 'relu' })],
  [[4, 7], layer('Dense', { units: 3, use_bias: false })],
  [[6], layer('Embedding', { input_dim: 11, output_dim: 5 })],
  [[6, 4], layer('LSTM', { units: 3, return_sequences: true })],
  [[6, 4], layer('LSTM', { units: 3, use_bias: false })],
  [[6, 4], layer('GRU', { units: 3, reset_after: false })],
  [[6, 4], layer('GRU', { units: 3, reset_after: true })],
  [[6, 4], layer('Bidirectional', { layer: inner('GRU', { units: 3, reset_after: true }) })],
  [[6, 4], layer('SimpleRNN', { units: 3 })],
  [[6, 4], layer('Bidirectional', { layer: inner('LSTM', { units: 3, return_sequences: true }) })],
  [[6, 4], layer('Bidirectional', { merge_mode: 'sum', layer: inner('GRU', { units: 3, use_bias: false }) })],
  [[6, 4], layer('TimeDistributed', { layer: inner('Dense', { units: 3 }) })],
  [
    [2, 5, 6, 3],
    layer('TimeDistributed', { layer: inner('Conv2D', { filters: 4, kernel_size: [2, 3], padding: 'same' }) }),
  ],
  [[3, 4, 2], layer('TimeDistributed', { layer: inner('BatchNormalization') })],
  [[3, 4, 2], layer('TimeDistributed', { layer: inner('Flatten') })],
  [[5, 5, 4], layer('BatchNormalization')],
  [[4], layer('BatchNormalization', { scale: false, center: false })],
  [[5, 3, 4], layer('BatchNormalization', { axis: 1 })],
  [[5, 3, 4], layer('LayerNormalization')],
  [[5, 3, 4], layer('LayerNormalization', { axis: [1, 3] })],
  [[5, 3, 4], layer('LayerNormalization', { axis: 2, center: false })],
  [[9, 4], layer('MaxPooling1D', { pool_size: [2], strides: [2], padding: 'valid' })],
  [[9, 4], layer('AveragePooling1D', { pool_size: [2], strides: [2], padding: 'same' })],
  [[9, 8, 4], layer('MaxPooling2D', { pool_size: [3, 2], strides: [2, 2], padding: 'valid' })],
  [[9, 8, 4], layer('AveragePooling2D', { pool_size: [2, 2], padding: 'same' })],
  [[6, 6, 6, 2], layer('MaxPooling3D', { pool_size: [2, 2, 2], padding: 'valid' })],
  [[6, 6, 6, 2], layer('AveragePooling3D', { pool_size: [2, 2, 2], padding: 'valid' })],
  [[9, 4], layer('GlobalAveragePooling1D')],
  [[9, 4], layer('GlobalMaxPooling1D')],
  [[9, 8, 4], layer('GlobalAveragePooling2D')],
  [[9, 8, 4], layer('GlobalMaxPooling2D')],
  [[3, 4, 2], layer('UpSampling2D', { size: [2, 3] })],
  [
    [3, 4, 2],
    layer('ZeroPadding2D', {
      padding: [
        [1, 2],
        [3, 0],
      ],
    }),
  ],
  [
    [5, 4, 2],
    layer('Cropping2D', {
      cropping: [
        [1, 2],
        [0, 1],
      ],
    }),
  ],
  [[3, 4, 2], layer('Flatten')],
  [[3, 4, 2], layer('Reshape', { target_shape: [6, -1] })],
  [[3, 4, 2], layer('Reshape', { target_shape: [-1] })],
  [[3, 4, 2], layer('TimeDistributed', { layer: inner('Reshape', { target_shape: [-1] }) })],
  [[24], layer('Reshape', { target_shape: [3, 4, 2] })],
  [[3, 4, 2], layer('Permute', { dims: [2, 1, 3] })],
  [[4], layer('RepeatVector', { n: 3 })],
  [[3, 4], layer('Masking', { mask_value: 0 })],
  [[3, 4, 2], layer('Dropout', { rate: 0.5 })],
  [[3, 4], layer('SpatialDropout1D', { rate: 0.5 })],
  [[3, 4, 2], layer('AlphaDropout', { rate: 0.5 })],
  [[3, 4, 2], layer('GaussianDropout', { rate: 0.5 })],
  [[3, 4, 2], layer('GaussianNoise', { stddev: 0.5 })],
  [[4], layer('Activation', { activation: 'tanh' })],
  [[4], layer('ReLU')],
  [[4], layer('LeakyReLU', { alpha: 0.1 })],
  [[3, 4, 2], layer('PReLU')],
  [[3, 4, 2], layer('PReLU', { shared_axes: [1, 2] })],
  [[4], layer('ELU', { alpha: 1 })],
  [[4], layer('ThresholdedReLU', { theta: 1 })],
  [[4], layer('Softmax')],
];

/** What tfjs calls what it built, without the layer's name. */
const plain = (name: string): string => name.replace(/^it\//, '').replace(/_\d+$/, '');

describe('layer descriptions', () => {
  it.each(
    CASES.map(
      ([input, { class_name, config }]) => [class_name, JSON.stringify(config), input, { class_name, config }] as const,
    ),
  )(
    'given %s %s, then output shape and weights are those of tfjs, in its order',
    async (_name, _config, input, described) => {
      const topology = sequentialOf(input, [described]);
      const model = await tf.models.modelFromJSON(toBuiltConfig(topology) as never);
      const built = model
        .getLayer('it')
        .weights.map((weight) => ({ name: plain(weight.originalName), shape: weight.shape }));
      // The shape of a real output: tfjs leaves parts of the declared one open.
      const output = tf.tidy(() => (model.predict(tf.ones([2, ...input])) as Tensor).shape.slice(1));
      model.dispose();
      expect(modelParameters(topology).map(({ name, shape }) => ({ name, shape }))).toEqual(built);
      expect(describeTopology(topology).at(-1)?.output).toEqual(output);
    },
  );

  it.each(['Add', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate'])(
    'given %s over two branches, then its shape is that of tfjs',
    async (className) => {
      const topology = functionalOf(
        [5, 5, 2],
        [
          { ...layer('Conv2D', { name: 'a', filters: 3, kernel_size: 3, padding: 'same' }), from: ['input'] },
          { ...layer('Conv2D', { name: 'b', filters: 3, kernel_size: 1 }), from: ['input'] },
          { ...layer(className), from: ['a', 'b'] },
        ],
      );
      const shape = describeTopology(topology).at(-1)?.output;
      expect(shape).toEqual([5, 5, className === 'Concatenate' ? 6 : 3]);
      const model = await tf.models.modelFromJSON(toBuiltConfig(topology) as never);
      expect(shape).toEqual(model.outputs[0]?.shape.slice(1));
      model.dispose();
    },
  );

  it.each([
    [
      'features first',
      [4, 4, 1],
      layer('Conv2D', { filters: 2, kernel_size: 2, data_format: 'channels_first' }),
      'channels_first',
    ],
    ['states beside the output', [4, 3], layer('LSTM', { units: 2, return_state: true }), 'return_state: true'],
    [
      'directions that are not joined',
      [4, 3],
      layer('Bidirectional', { merge_mode: null, layer: inner('GRU', { units: 2 }) }),
      'GRU joined by null',
    ],
    [
      'directions of no recurrent layer',
      [4, 3],
      layer('Bidirectional', { layer: inner('Dense', { units: 2 }) }),
      'Dense',
    ],
    ['groups', [4, 4, 2], layer('Conv2D', { filters: 4, kernel_size: 2, groups: 2 }), 'groups: 2'],
    [
      'strides and dilation',
      [9, 9, 1],
      layer('DepthwiseConv2D', { kernel_size: 2, strides: [2, 2], dilation_rate: [2, 2] }),
      'strides: 2, 2 and dilation_rate: 2, 2',
    ],
    ['causal images', [4, 4, 1], layer('Conv2D', { filters: 2, kernel_size: 2, padding: 'causal' }), 'padding: causal'],
    [
      'a dilated transposed convolution',
      [4, 4, 1],
      layer('Conv2DTranspose', { filters: 2, kernel_size: 2, dilation_rate: [2, 2] }),
      'dilation_rate: 2,2',
    ],
    [
      'a transposed convolution with a padded output',
      [4, 4, 1],
      layer('Conv2DTranspose', { filters: 2, kernel_size: 2, strides: 2, output_padding: [1, 1] }),
      'output_padding: 1,1',
    ],
    ['a batch norm over an axis of volumes', [3, 4, 2, 5], layer('BatchNormalization', { axis: 1 }), 'axis 1 of 4'],
    ['a layer norm of volumes', [3, 4, 2, 5], layer('LayerNormalization'), '[3, 4, 2, 5]'],
    ['an ELU of another slope', [4], layer('ELU', { alpha: 0.5 }), 'alpha: 0.5'],
  ])('given %s, then the layer is refused by name', async (_, input, described, found) => {
    const error = await errorOf('PRUNEFRONT_MODEL_UNSUPPORTED', () =>
      describeTopology(sequentialOf(input, [described])),
    );
    expect(error.facts).toMatchObject({ place: 'it', found: expect.stringContaining(found) });
    expect(error.facts.allowed).not.toBe('');
  });

  it('given inputs of other shapes, then an element-wise layer stretches axes of size 1, and refuses others', async () => {
    const added = (positions: number) =>
      functionalOf(
        [4, 4, 2],
        [
          { ...layer('Conv2D', { name: 'a', filters: 3, kernel_size: positions }), from: ['input'] },
          { ...layer('Conv2D', { name: 'b', filters: 3, kernel_size: 1 }), from: ['input'] },
          { ...layer('Add'), from: ['a', 'b'] },
        ],
      );
    expect(describeTopology(added(4)).at(-1)?.output).toEqual([4, 4, 3]);
    await errorOf('PRUNEFRONT_IMPOSSIBLE_SHAPE', () => describeTopology(added(2)));
  });

  it.each([
    [
      'both directions of a layer',
      [6, 4],
      layer('Bidirectional', { layer: inner('GRU', { units: 3 }) }),
      2 * 6 * 9 * (4 + 3),
    ],
    ['a layer at every step', [6, 4], layer('TimeDistributed', { layer: inner('Dense', { units: 3 }) }), 6 * 4 * 3],
    [
      'a convolution at every step',
      [2, 5, 6, 3],
      layer('TimeDistributed', { layer: inner('Conv2D', { filters: 4, kernel_size: [2, 3] }) }),
      2 * (4 * 4) * (2 * 3 * 3 * 4),
    ],
    ['slopes and norms', [5, 4], layer('PReLU'), 0],
    [
      'a transposed volume',
      [3, 4, 2, 4],
      layer('Conv3DTranspose', { filters: 3, kernel_size: [3, 2, 2] }),
      24 * 12 * 12,
    ],
  ])('given %s, then each multiplication is counted', (_, input, described, macs) => {
    expect(costsOf(sequentialOf(input, [described])).macs).toBe(macs);
  });

  it('given GRU with two rows of bias, then they are counted as Keras counts them', () => {
    const topology = sequentialOf([6, 4], [layer('GRU', { units: 3, reset_after: true })]);
    expect(modelParameters(topology).at(-1)).toMatchObject({ name: 'bias', shape: [2, 9] });
  });

  it('given a class that is not known, then it is refused by name', async () => {
    const topology = sequentialOf([4], [layer('MultiHeadAttention')]);
    const error = await errorOf('PRUNEFRONT_MODEL_UNSUPPORTED', () => describeTopology(topology));
    expect(error.facts).toMatchObject({ place: 'it', found: 'MultiHeadAttention' });
  });

  it.each([
    ['a window larger than the image', layer('Conv2D', { filters: 2, kernel_size: 7 })],
    ['no units', layer('Dense', { units: 0 })],
    ['half a unit', layer('Dense', { units: 1.5 })],
    ['an arrangement in parts of a row', layer('Reshape', { target_shape: [-1, 4] })],
    ['an arrangement of more numbers', layer('Reshape', { target_shape: [5, 6] })],
  ])('given %s, then the shape is impossible', async (_, described) => {
    const topology = sequentialOf(described.class_name === 'Dense' ? [4] : [5, 5, 1], [described]);
    await errorOf('PRUNEFRONT_IMPOSSIBLE_SHAPE', () => describeTopology(topology));
  });
});
