import type { Tensor, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { Network } from '../../../core/network/network.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { createRandom } from '../../../core/random.js';
import { randomWeights, sequentialOf } from '../../support/tiny-networks.js';

const tf = loadTensorFlow();
type Convolve = (x: Tensor, kernels: readonly Tensor[], strides: number[]) => Tensor;

const CONVOLUTIONS: Readonly<Record<string, Convolve>> = {
  Conv1D: (x, [kernel], [stride = 1]) => tf.conv1d(x as Tensor3D, kernel as Tensor3D, stride, 'valid'),
  Conv2D: (x, [kernel]) => tf.conv2d(x as Tensor4D, kernel as Tensor4D, 1, 'valid'),
  Conv3D: (x, [kernel]) => tf.conv3d(x as Tensor5D, kernel as Tensor5D, 1, 'valid'),
  DepthwiseConv2D: (x, [kernel]) => tf.depthwiseConv2d(x as Tensor4D, kernel as Tensor4D, 1, 'valid'),
  SeparableConv2D: (x, [inner, outer]) =>
    tf.separableConv2d(x as Tensor4D, inner as Tensor4D, outer as Tensor4D, 1, 'valid'),
};

/** The same window with the gaps written out as zeros. */
function spread(kernel: Tensor, dilations: readonly number[]): Tensor {
  return dilations.reduce((wide: Tensor, dilation, axis) => {
    const parts = tf.unstack(wide, axis);
    const zeros = Array.from({ length: dilation - 1 }, () => tf.zerosLike(parts[0] as Tensor));
    return tf.stack(
      parts.flatMap((part, i) => (i === 0 ? [part] : [...zeros, part])),
      axis,
    );
  }, kernel);
}

function random(shape: readonly number[], seed: number): Tensor {
  const source = createRandom(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => source.next() * 2 - 1),
    [...shape],
  );
}

interface Case {
  readonly className: keyof typeof CONVOLUTIONS;
  readonly input: readonly number[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly dilations: readonly number[];
  readonly strides?: number[];
  /** Zeros before and after the input, along each axis. */
  readonly pads: readonly (readonly [number, number])[];
}

const two = { kernel_size: [3, 2], dilation_rate: [2, 3] };
const CASES: readonly Case[] = [
  {
    className: 'Conv1D',
    input: [9, 2],
    config: { filters: 3, kernel_size: [3], dilation_rate: [2], padding: 'valid' },
    dilations: [2],
    pads: [[0, 0]],
  },
  {
    className: 'Conv1D',
    input: [9, 2],
    config: { filters: 3, kernel_size: [3], padding: 'causal' },
    dilations: [1],
    pads: [[2, 0]],
  },
  {
    className: 'Conv1D',
    input: [8, 2],
    config: { filters: 3, kernel_size: [3], strides: [2], padding: 'causal' },
    dilations: [1],
    strides: [2],
    pads: [[2, 0]],
  },
  {
    className: 'Conv1D',
    input: [10, 2],
    config: { filters: 3, kernel_size: [3], dilation_rate: [4], padding: 'causal', use_bias: false },
    dilations: [4],
    pads: [[8, 0]],
  },
  {
    className: 'Conv2D',
    input: [7, 8, 2],
    config: { filters: 3, ...two, padding: 'same' },
    dilations: [2, 3],
    pads: [
      [2, 2],
      [1, 2],
    ],
  },
  {
    className: 'Conv2D',
    input: [7, 8, 2],
    config: { filters: 3, ...two, activation: 'relu' },
    dilations: [2, 3],
    pads: [
      [0, 0],
      [0, 0],
    ],
  },
  {
    className: 'Conv3D',
    input: [5, 4, 6, 2],
    config: { filters: 3, kernel_size: [2, 2, 3], dilation_rate: [2, 1, 2], padding: 'valid' },
    dilations: [2, 1, 2],
    pads: [
      [0, 0],
      [0, 0],
      [0, 0],
    ],
  },
  {
    className: 'DepthwiseConv2D',
    input: [7, 8, 2],
    config: { ...two, depth_multiplier: 2, padding: 'valid' },
    dilations: [2, 3],
    pads: [
      [0, 0],
      [0, 0],
    ],
  },
  {
    className: 'SeparableConv2D',
    input: [7, 8, 2],
    config: { filters: 3, ...two, depth_multiplier: 2, padding: 'same' },
    dilations: [2, 3],
    pads: [
      [2, 2],
      [1, 2],
    ],
  },
];

describe('convolutions whose windows have gaps, or look back alone', () => {
  it.each(CASES.map((each) => [each.className, JSON.stringify(each.config), each] as const))(
    'given %s %s, then outputs and gradients are those of the window with its zeros written out on the padded input',
    async (className, _, { input, config, dilations, strides = [1], pads }) => {
      const topology = sequentialOf(input, [{ class_name: className, config: { name: 'it', ...config } }]);
      const network = await Network.build(tf, topology, randomWeights(topology, 3));
      const weights = [...network.variables.values()];
      const x = random([2, ...input], 4);
      const expected = (...[given, ...own]: Tensor[]): Tensor => {
        const padded = tf.pad(given as Tensor, [[0, 0], ...pads.map(([a, b]): [number, number] => [a, b]), [0, 0]]);
        const kernels = own.filter(({ rank }) => rank > 1);
        const [bias] = own.filter(({ rank }) => rank === 1);
        const wide = kernels.map((kernel, i) => (i === 0 ? spread(kernel, dilations) : kernel));
        const sums = (CONVOLUTIONS[className] as Convolve)(padded, wide, strides);
        const biased = bias === undefined ? sums : sums.add(bias);
        return config['activation'] === 'relu' ? biased.relu() : biased;
      };
      const found = network.forward(x, null);
      const sizes = random(found.shape, 5);
      const reference = expected(x, ...weights);
      expect(found.shape).toEqual(reference.shape);
      expect(found.sub(reference).abs().max().dataSync()[0]).toBeLessThan(1e-5);
      const weighed = tf.variableGrads(() => network.forward(x, null).mul(sizes).sum() as never);
      const [, ...gradients] = tf.grads((...given: Tensor[]) =>
        expected(...given)
          .mul(sizes)
          .sum(),
      )([x, ...weights]);
      [...network.variables.values()].forEach((variable, i) => {
        const difference = (gradients[i] as Tensor).sub(weighed.grads[variable.name] as Tensor);
        expect(difference.abs().max().dataSync()[0], variable.name).toBeLessThan(1e-4);
      });
      const ofInput = tf.grad((given: Tensor) => network.forward(given, null).mul(sizes).sum())(x);
      const ofReference = tf.grad((given: Tensor) =>
        expected(given, ...weights)
          .mul(sizes)
          .sum(),
      )(x);
      expect(ofInput.sub(ofReference).abs().max().dataSync()[0]).toBeLessThan(1e-4);
      network.dispose();
    },
  );
});
