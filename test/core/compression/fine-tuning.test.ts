import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  COMPRESSIONS,
  type CompressedModel,
  compress,
  compressedGradient,
  recompressed,
  uncompressed,
  withCompressedWeights,
} from '../../../core/compression/index.js';
import { dequantize } from '../../../core/compression/quantization/quantize.js';
import { Network } from '../../../core/network/network.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { CompiledRunner } from '../../../core/training/criteria/compiled-runner.js';
import { EagerRunner } from '../../../core/training/criteria/eager-runner.js';
import type { Measurement } from '../../../core/training/criteria/measurement.js';
import { lossAndGradients } from '../../../core/training/loss-and-gradients.js';
import { randomWeights, sequentialOf } from '../../support/tiny-networks.js';
import { examplesOf } from '../../support/training-set.js';

const tf = loadTensorFlow();
const topology = sequentialOf(
  [6],
  [
    { class_name: 'Dense', config: { name: 'hidden', units: 8, activation: 'relu' } },
    { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' } },
  ],
);
const data = examplesOf(32, [6], 3);
const context = {
  activationRanges: async () => new Map(),
  lossWith: async () => 0,
  tick: async () => undefined,
  seed: 1,
};

/** Clustered into four values each, zero among them, then quantized to three bits. */
async function compressedModel(): Promise<CompressedModel> {
  const weights = randomWeights(topology, 2).map((weight) => ({
    ...weight,
    values: weight.values.map((value, i) => (weight.name.endsWith('kernel') && i % 3 === 0 ? 0 : value)),
  }));
  const clustered = await compress(
    COMPRESSIONS.get('cluster'),
    uncompressed(topology, weights, new Map()),
    { clusters: 4, initialization: 'linear' },
    context,
  );
  const settings = { bits: 3, scheme: 'symmetric', per: 'channel', precision: 'uniform', activations: 'none' };
  return compress(COMPRESSIONS.get('quantize'), clustered, settings, context);
}

/** Loss and gradients at the quantized weights, gradients shared. */
function step(network: Network, encodings: CompressedModel['encodings']): Measurement {
  return {
    name: 'compressed',
    variables: network.variables,
    outputs: ['loss', ...network.trainable],
    run(batch, seed) {
      const { loss, gradients } = withCompressedWeights(tf, network, encodings, () =>
        lossAndGradients(tf, network, batch, seed, new Map()),
      );
      const own = network.trainable.map((name, i) =>
        compressedGradient(tf, gradients[i] as Tensor, encodings.get(name)),
      );
      return [loss, ...own];
    },
    dispose() {},
  };
}

describe('training in the compressed form', () => {
  it('given a step at rounded weights, when it runs compiled, then it is that of eager, the loss is that of the integers, and weights stay', async () => {
    const model = await compressedModel();
    // What training has made of the weights lies between the grid's points.
    const moved = model.weights.map((weight) => ({ ...weight, values: weight.values.map((value) => value * 1.07) }));
    const network = await Network.build(tf, topology, moved);
    const own = step(network, model.encodings);
    const indices = data.train.slice(3, 19);
    const compiled = new CompiledRunner(tf, data);
    compiled.prepare(own, [16]);
    const found = compiled.call(own, indices, new Int32Array(2));
    const expected = new EagerRunner(tf, data, 'asked').call(own, indices, new Int32Array(2));
    expected.forEach((values, i) => {
      values.forEach((value, k) => {
        expect(found[i]?.[k]).toBeCloseTo(value, 5);
      });
    });
    expect(network.read()).toEqual(moved);

    const rounded = await Network.build(
      tf,
      topology,
      moved.map((weight) => {
        const quantized = model.encodings.get(weight.name)?.quantized;
        if (quantized === undefined) return weight;
        const scaled = { ...quantized, scale: quantized.scale.map((scale) => scale * 1.07) };
        return { ...weight, values: dequantize(scaled) };
      }),
    );
    const plain = new EagerRunner(tf, data, 'asked').call(step(rounded, new Map()), indices, new Int32Array(2));
    expect(expected[0]?.[0]).toBeCloseTo(plain[0]?.[0] ?? Number.NaN, 5);
    compiled.dispose();
    network.dispose();
    rounded.dispose();
  });

  it('given shared weights and shared gradients, then a step leaves them shared, and zeros zero', async () => {
    const model = await compressedModel();
    const network = await Network.build(tf, topology, model.weights);
    const [, ...gradients] = new EagerRunner(tf, data, 'asked').call(
      step(network, model.encodings),
      data.train.slice(0, 16),
      new Int32Array(2),
    );
    const codes = model.encodings.get('hidden/kernel')?.clusters?.codes ?? new Uint16Array();
    const kernel = gradients[network.trainable.indexOf('hidden/kernel')] ?? new Float32Array();
    const byCode = new Map([...codes].map((code, i) => [code, kernel[i] ?? 0]));
    expect([...kernel]).toEqual([...codes].map((code) => byCode.get(code)));
    expect(Math.abs(byCode.get(0) ?? Number.NaN)).toBe(0);
    expect(Math.max(...[...kernel].map(Math.abs))).toBeGreaterThan(0);
    network.dispose();
  });

  it('given trained weights, then they are put back into the compressed form', async () => {
    const model = await compressedModel();
    const trained = model.weights.map((weight) => ({
      ...weight,
      values: weight.values.map((value, i) => (value === 0 ? 0 : value + (i % 5) * 0.01)),
    }));
    const after = recompressed(model, trained);
    for (const { name, values } of after.weights) {
      const encoding = after.encodings.get(name);
      if (encoding?.quantized === undefined) continue;
      expect(dequantize(encoding.quantized)).toEqual(values);
      expect(encoding.clusters?.codes).toEqual(model.encodings.get(name)?.clusters?.codes);
      expect(new Set(values).size).toBeLessThanOrEqual(4);
      trained
        .find((weight) => weight.name === name)
        ?.values.forEach((value, i) => {
          if (value === 0) expect(values[i]).toBe(0);
        });
    }
    expect(after.weights.filter(({ name }) => name.endsWith('bias'))).toEqual(
      trained.filter(({ name }) => name.endsWith('bias')),
    );
  });

  it('given weights that were not trained, then nothing changes', async () => {
    const model = await compressedModel();
    expect(recompressed(model, model.weights).weights).toEqual(model.weights);
  });
});
