import { describe, expect, it } from 'vitest';
import { compressibleKernels } from '../../../core/compression/kernels.js';
import { type Layer, sequentialOf } from '../../support/tiny-networks.js';

const layer = (class_name: string, config: Record<string, unknown>): Layer => ({ class_name, config });

describe('compressibleKernels', () => {
  it('given layers of every kind, then each kernel has a channel for each unit that it makes', () => {
    const images = sequentialOf(
      [8, 8, 3],
      [
        layer('Conv2D', { name: 'conv', filters: 4, kernel_size: [3, 3] }),
        layer('DepthwiseConv2D', { name: 'depthwise', kernel_size: [3, 3], depth_multiplier: 2 }),
        layer('Conv2DTranspose', { name: 'transposed', filters: 5, kernel_size: [2, 2], strides: [2, 2] }),
        layer('BatchNormalization', { name: 'norm' }),
        layer('Flatten', { name: 'flat' }),
        layer('Dense', { name: 'dense', units: 10 }),
      ],
    );
    const sequences = sequentialOf(
      [6, 3],
      [
        layer('LSTM', { name: 'lstm', units: 4, return_sequences: true }),
        layer('SimpleRNN', { name: 'rnn', units: 5 }),
      ],
    );
    const found = [images, sequences]
      .flatMap(compressibleKernels)
      .map(({ weight, outputs: { count, inner } }) => [weight, count, inner]);
    expect(found).toEqual([
      ['conv/kernel', 4, 1],
      ['depthwise/depthwise_kernel', 8, 1],
      ['transposed/kernel', 5, 8],
      ['dense/kernel', 10, 1],
      ['lstm/kernel', 16, 1],
      ['lstm/recurrent_kernel', 16, 1],
      ['rnn/kernel', 5, 1],
      ['rnn/recurrent_kernel', 5, 1],
    ]);
  });
});
