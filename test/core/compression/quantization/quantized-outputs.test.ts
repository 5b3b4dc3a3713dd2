import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { activationLayers } from '../../../../core/compression/quantization/activation-layers.js';
import { gridOf } from '../../../../core/compression/quantization/quantize.js';
import { quantizeOutputs } from '../../../../core/compression/quantization/quantized-outputs.js';
import { residualCnn } from '../../../../core/models/zoo/residual-cnn.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';

const tf = loadTensorFlow();

describe('quantizeOutputs', () => {
  it('given a grid for a layer, then its outputs lie on it for all that come after it, and no tensor is left', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ name: 'hidden', units: 5, activation: 'relu', inputShape: [3] }),
        tf.layers.dense({ name: 'out', units: 2, kernelInitializer: 'ones', useBias: false }),
      ],
    });
    const format = { scheme: 'asymmetric', bits: 3 } as const;
    const grid = { ...format, ...gridOf({ min: 0, max: 1.75 }, format) };
    const x = tf.tensor2d([0.3, -0.9, 2, 1, 1, -1], [2, 3]);
    const plain = tf.tidy(() => (model.getLayer('hidden').apply(x) as Tensor).arraySync() as number[][]);
    quantizeOutputs(tf, model, new Map([['hidden', grid]]));
    const before = tf.memory().numTensors;
    const found = tf.tidy(() => (model.apply(x) as Tensor).arraySync() as number[][]);
    expect(tf.memory().numTensors).toBe(before);
    // Steps of a quarter, cut off at seven of them; halves do not come up.
    const sums = plain.map((row) => row.reduce((sum, value) => sum + Math.min(Math.round(value * 4), 7) / 4, 0));
    found.forEach((row, i) => {
      for (const value of row) expect(value).toBeCloseTo(sums[i] ?? Number.NaN, 5);
    });
    x.dispose();
    model.dispose();
  });
});

describe('activationLayers', () => {
  it('given blocks with batch norm, then they are the layers before kernels and none in between', () => {
    expect(activationLayers(residualCnn)).toEqual([
      'stem_relu',
      'block1_1_relu',
      'block1_relu',
      'block2_1_relu',
      'block2_relu',
      'block3_1_relu',
      'mean',
    ]);
  });
});
