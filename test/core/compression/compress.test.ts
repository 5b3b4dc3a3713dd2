import { describe, expect, it } from 'vitest';
import type { CompressionContext } from '../../../core/compression/compression.js';
import { decodeContainer, encodeContainer } from '../../../core/compression/container/container.js';
import { COMPRESSIONS, type CompressedModel, compress, uncompressed } from '../../../core/compression/index.js';
import { compressibleKernels } from '../../../core/compression/kernels.js';
import { dequantize } from '../../../core/compression/quantization/quantize.js';
import type { NamedTensor } from '../../../core/models/named-tensor.js';
import type { Settings } from '../../../core/registry/index.js';
import { errorOf } from '../../support/errors.js';
import { type Layer, randomWeights, sequentialOf } from '../../support/tiny-networks.js';

const layer = (class_name: string, config: Record<string, unknown>): Layer => ({ class_name, config });
const topology = sequentialOf(
  [8, 8, 2],
  [
    layer('Conv2D', { name: 'conv', filters: 8, kernel_size: [3, 3], activation: 'relu' }),
    layer('Flatten', { name: 'flat' }),
    layer('Dense', { name: 'hidden', units: 32, activation: 'relu' }),
    layer('Dropout', { name: 'dropout', rate: 0.5 }),
    layer('Dense', { name: 'out', units: 4, activation: 'softmax' }),
  ],
);
const weights = randomWeights(topology, 1);

/** Kernels of `hidden` with most of their weights pruned. */
function pruned(): CompressedModel {
  const mask = Uint8Array.from({ length: 288 * 32 }, (_, i) => (i % 5 === 0 ? 1 : 0));
  const own = weights.map((weight) =>
    weight.name === 'hidden/kernel'
      ? { ...weight, values: weight.values.map((value, i) => value * (mask[i] ?? 0)) }
      : weight,
  );
  return uncompressed(topology, own, new Map([['hidden/kernel', mask]]));
}

const context: CompressionContext = {
  activationRanges: async (layers) => new Map(layers.map((name, i) => [name, { min: -i, max: 3 }])),
  lossWith: async (values) =>
    [...values].reduce((sum, [name, own]) => sum + (name === 'conv/kernel' ? 100 : 1) * distanceOf(name, own), 0),
  tick: async () => undefined,
  seed: 1,
};

function distanceOf(name: string, values: Float32Array): number {
  return values.reduce((sum, value, i) => sum + (value - (valuesOf(weights, name)[i] ?? 0)) ** 2, 0) / values.length;
}

function valuesOf(all: readonly NamedTensor[], name: string): Float32Array {
  return all.find((weight) => weight.name === name)?.values ?? new Float32Array();
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** A compression with its defaults and what is told it. */
function applied(name: string, model: CompressedModel, told: Settings = {}, own = context): Promise<CompressedModel> {
  const piece = COMPRESSIONS.get(name);
  const defaults = Object.entries(piece.settings).map(([key, setting]) => [key, setting.default] as const);
  return compress(piece, model, { ...Object.fromEntries(defaults), ...told }, own);
}

describe('compressions', () => {
  it('given every order of them on a pruned model, then its zeros stay, and the container holds what would be evaluated', async () => {
    const names = ['quantize', 'cluster', 'factorize'];
    const dense = encodeContainer(pruned()).length;
    for (const first of names)
      for (const second of names) {
        const model = await applied(second, await applied(first, pruned()));
        const kernel = valuesOf(model.weights, 'hidden/kernel');
        expect(kernel.every((value, i) => i % 5 === 0 || value === 0)).toBe(true);
        for (const [name, { quantized }] of model.encodings)
          if (quantized !== undefined)
            expect(bytesOf(dequantize(quantized)).equals(bytesOf(valuesOf(model.weights, name)))).toBe(true);
        const found = decodeContainer(encodeContainer(model));
        expect(found.weights.map(({ name, shape }) => [name, shape])).toEqual(
          model.weights.map(({ name, shape }) => [name, shape]),
        );
        for (const { name, values } of model.weights)
          expect(bytesOf(valuesOf(found.weights, name)).equals(bytesOf(values))).toBe(true);
        expect(found.topology).toEqual(model.topology);
        expect(encodeContainer(model).length).toBeLessThanOrEqual(dense);
      }
  });

  it('given settings, then every one has a default within its bounds', () => {
    for (const piece of COMPRESSIONS.all())
      for (const setting of Object.values(piece.settings)) {
        if (setting.kind === 'number') {
          expect(setting.default).toBeGreaterThanOrEqual(setting.minimum ?? 0);
          expect(setting.default).toBeLessThanOrEqual(setting.maximum ?? 0);
        }
        if (setting.kind === 'choice') expect(setting.choices).toContain(setting.default);
      }
  });
});

describe('quantize', () => {
  it('given bits and channels, then each kernel is on the grids of its units, and biases are as they were', async () => {
    const model = await applied('quantize', uncompressed(topology, weights, new Map()), { bits: 4 });
    expect([...model.encodings.keys()]).toEqual(compressibleKernels(topology).map(({ weight }) => weight));
    expect(model.encodings.get('conv/kernel')?.quantized).toMatchObject({ bits: 4, channels: { count: 8, inner: 1 } });
    expect(valuesOf(model.weights, 'hidden/bias')).toEqual(valuesOf(weights, 'hidden/bias'));
  });

  it('given a calibration, then what makes a kernel’s input has a grid; the model’s input has none', async () => {
    const model = await applied('quantize', pruned(), { activations: 'minMax' });
    expect([...model.activations.keys()]).toEqual(['conv', 'hidden']);
    expect(model.activations.get('hidden')).toEqual({
      scheme: 'asymmetric',
      bits: 8,
      scale: Math.fround(4 / 255),
      zeroPoint: 64,
    });
    expect((await applied('quantize', pruned())).activations.size).toBe(0);
  });

  it('given mixed precision, then sensitive kernels have more bits than robust ones, on average as many as asked for', async () => {
    const model = await applied('quantize', uncompressed(topology, weights, new Map()), {
      precision: 'mixed',
      bits: 6,
    });
    const bits = new Map([...model.encodings].map(([name, { quantized }]) => [name, quantized?.bits ?? 0]));
    expect(bits.get('conv/kernel')).toBe(16);
    expect(bits.get('hidden/kernel')).toBe(4);
    expect(bits.get('out/kernel')).toBe(16);
  });

  it('given fewer bits than mixed precision has, then it is refused before anything is measured', async () => {
    await errorOf('PRUNEFRONT_COMPRESSION', () => applied('quantize', pruned(), { precision: 'mixed', bits: 3 }));
  });

  it('given clustered weights, then those that shared a value still do', async () => {
    const model = await applied('quantize', await applied('cluster', pruned()));
    const { clusters, quantized } = model.encodings.get('hidden/kernel') ?? {};
    expect(quantized?.channels.count).toBe(1);
    expect(clusters?.centroids).toHaveLength(16);
    expect(new Set(valuesOf(model.weights, 'hidden/kernel')).size).toBeLessThanOrEqual(16);
    expect(model.notes).toContain('the values that the weights of hidden/kernel share lie on a grid of 8 bits');
    expect(model.notes.join()).not.toContain('bits a weight');
  });
});

describe('cluster', () => {
  it('given more clusters than a kernel has weights, then it is refused with the layer’s name', async () => {
    const error = await errorOf('PRUNEFRONT_COMPRESSION', async () =>
      COMPRESSIONS.get('cluster').check?.(pruned().topology, { clusters: 145 }),
    );
    expect(error.facts).toMatchObject({ place: 'conv', allowed: 'at most 144 clusters' });
  });
});

describe('factorize', () => {
  it('given a pruned kernel, then it is left as it is, others are two, and the notes say so', async () => {
    const model = await applied('factorize', pruned(), { rank: 'parameters', fraction: 0.5 });
    expect(model.topology.nodes.map(({ name }) => name)).toEqual([
      'input',
      'conv_u',
      'conv_v',
      'flat',
      'hidden',
      'dropout',
      'out_u',
      'out_v',
    ]);
    expect(model.notes).toEqual([
      'conv is two layers of rank 2 of 8 (channel)',
      expect.stringContaining('hidden is not factorized: 7372 of its weights are zero'),
      'out is two layers of rank 1 of 4 (dense)',
    ]);
    expect([...model.masks.keys()]).toEqual(['hidden/kernel']);
  });

  it('given a model whose layers are too small for two, when it is to be factorized, then it is refused', async () => {
    const small = sequentialOf([2], [{ class_name: 'Dense', config: { name: 'tiny', units: 2 } }]);
    const settings = { rank: 'energy', fraction: 0.9, convolutions: 'channel' };
    const error = await errorOf('PRUNEFRONT_COMPRESSION', () => COMPRESSIONS.get('factorize').check?.(small, settings));
    expect(error.facts.found).toContain('tiny');
  });
});
