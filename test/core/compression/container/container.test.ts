import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeContainer, encodeContainer } from '../../../../core/compression/container/container.js';
import type { Header, TensorEntry } from '../../../../core/compression/container/format.js';
import { readTensor, writeTensor } from '../../../../core/compression/container/tensors.js';
import { oneChannel } from '../../../../core/compression/kernels.js';
import { uncompressed } from '../../../../core/compression/model.js';
import { dequantize, quantize } from '../../../../core/compression/quantization/quantize.js';
import { modelParameters } from '../../../../core/models/described-topology.js';
import { sizeOf } from '../../../../core/models/named-tensor.js';
import { residualCnn } from '../../../../core/models/zoo/residual-cnn.js';
import { createRandom } from '../../../../core/random.js';
import { errorOf } from '../../../support/errors.js';
import { randomWeights, sequentialOf } from '../../../support/tiny-networks.js';

const tiny = sequentialOf([3], [{ class_name: 'Dense', config: { name: 'dense', units: 2, activation: 'linear' } }]);
const file = encodeContainer(uncompressed(tiny, randomWeights(tiny, 1), new Map()));

/** Every float32 but NaN: −0, denormals and infinities too. */
const anyFloat = fc.oneof(fc.constant(0), fc.constant(-0), fc.constant(1e-45), fc.float({ noNaN: true }));
const shape = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 });
const tensor = fc.tuple(shape, fc.integer({ min: 1, max: 40 })).chain(([own, distinct]) =>
  fc.record({
    shape: fc.constant(own),
    values: fc
      .array(anyFloat, { minLength: distinct, maxLength: distinct })
      .chain((from) => fc.array(fc.constantFrom(...from), { minLength: sizeOf(own), maxLength: sizeOf(own) }))
      .map((values) => Float32Array.from(values)),
  }),
);
const bitsOf = (values: Float32Array): number[] => [...new Uint32Array(Float32Array.from(values).buffer)];

/** The file with another header, its checksum mended. */
function withHeader(change: (header: Header) => unknown, bytes = file): Uint8Array {
  const view = Buffer.from(bytes);
  const end = 16 + view.readUInt32LE(12);
  const header = JSON.parse(inflateRawSync(view.subarray(16, end)).toString()) as Header;
  const text = deflateRawSync(JSON.stringify(change(header)));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const content = Buffer.concat([view.subarray(0, 12), length, text, view.subarray(end, -32)]);
  return Buffer.concat([content, createHash('sha256').update(content).digest()]);
}

/** The file with another entry for its first tensor. */
function withEntry(changes: Readonly<Record<string, unknown>>): Uint8Array {
  return withHeader(({ tensors: [first, ...rest], ...header }) => ({
    ...header,
    tensors: [{ ...first, ...changes } as TensorEntry, ...rest],
  }));
}

describe('tensors of a container', () => {
  it('given any float32 values, then they come back bit for bit', () => {
    fc.assert(
      fc.property(tensor, ({ shape: own, values }) => {
        const { entry, payload } = writeTensor({ name: 'w', shape: own, values }, null);
        const found = readTensor(entry, payload);
        expect(found.shape).toEqual(own);
        expect(bitsOf(found.values)).toEqual(bitsOf(values));
      }),
      { numRuns: 300 },
    );
  });

  it('given quantized values, zeros among them, then they come back bit for bit from their integers', () => {
    const scheme = fc.constantFrom('symmetric' as const, 'asymmetric' as const);
    fc.assert(
      fc.property(
        scheme,
        fc.integer({ min: 2, max: 16 }),
        fc.double({ min: 0, max: 1 }),
        fc.nat(99),
        (own, bits, zeros, seed) => {
          const random = createRandom(seed);
          const before = Float32Array.from({ length: 600 }, () => (random.next() < zeros ? 0 : random.next() * 3 - 1));
          const quantized = quantize(before, { count: 3, inner: 2 }, { scheme: own, bits });
          const values = dequantize(quantized);
          const { entry, payload } = writeTensor({ name: 'w', shape: [100, 3, 2], values }, quantized);
          expect(bitsOf(readTensor(entry, payload).values)).toEqual(bitsOf(values));
          expect(payload.length).toBeLessThan((600 * bits) / 8 + 40);
        },
      ),
    );
  });

  it('given integers that are not those of the values, then they are not used', () => {
    const values = Float32Array.of(1, 2, 3.5);
    const other = quantize(values, oneChannel(3), { scheme: 'symmetric', bits: 2 });
    const { entry, payload } = writeTensor({ name: 'w', shape: [3], values }, other);
    expect(readTensor(entry, payload).values).toEqual(values);
  });

  it('given what compresses in different ways, then each has the form that is smallest', () => {
    const random = createRandom(1);
    const size = 4096;
    const normal = (): number => random.next() + random.next() + random.next() - 1.5;
    const form = (values: Float32Array, bits?: number) => {
      const quantized = bits === undefined ? null : quantize(values, oneChannel(size), { scheme: 'symmetric', bits });
      const own = quantized === null ? values : dequantize(quantized);
      const { entry, payload } = writeTensor({ name: 'w', shape: [size], values: own }, quantized);
      return { values: entry.values.kind, positions: entry.positions, bytes: payload.length };
    };
    const dense = form(Float32Array.from({ length: size }, normal));
    expect(dense).toMatchObject({ values: 'float32', positions: 'all' });
    expect(dense.bytes).toBeLessThan(size * 4);
    const sparse = form(Float32Array.from({ length: size }, () => (random.next() < 0.9 ? 0 : normal())));
    expect(sparse.positions).not.toBe('all');
    expect(sparse.bytes).toBeLessThan(size * 0.1 * 4 + size / 8);
    const clustered = form(Float32Array.from({ length: size }, () => Math.round(normal() * 3) / 3));
    expect(clustered.values).toBe('codebook');
    expect(clustered.bytes).toBeLessThan(size / 2);
    const fine = form(Float32Array.from({ length: size }, normal), 14);
    expect(fine.values).toBe('integers');
    expect(fine.bytes).toBeLessThan((size * 14) / 8 + 40);
  });
});

describe('container', () => {
  it('given a whole network and grids of activations, then it comes back as it was', () => {
    const weights = randomWeights(residualCnn, 3);
    const activations = new Map([
      ['stem_relu', { scheme: 'asymmetric', bits: 8, scale: Math.fround(0.1), zeroPoint: 3 } as const],
    ]);
    const bytes = encodeContainer({ ...uncompressed(residualCnn, weights, new Map()), activations });
    const found = decodeContainer(bytes);
    expect(found).toEqual({ topology: residualCnn, weights, activations });
    expect(found.weights.map(({ name }) => name)).toEqual(modelParameters(residualCnn).map(({ fullName }) => fullName));
    expect(decodeContainer(file).topology).toEqual(tiny);
  });

  it('given the same model, then the same bytes', () => {
    const model = uncompressed(tiny, randomWeights(tiny, 1), new Map());
    expect(Buffer.compare(encodeContainer(model), file)).toBe(0);
  });

  it('given an unaligned place, then it is read there', () => {
    const moved = new Uint8Array(file.length + 3);
    moved.set(file, 3);
    expect(decodeContainer(moved.subarray(3))).toEqual(decodeContainer(file));
  });

  it('given any cut of a file, or any byte changed, then it is corrupt and nothing else', async () => {
    for (let length = 0; length < file.length; length++)
      await errorOf('PRUNEFRONT_ARTIFACT_CORRUPT', () => decodeContainer(file.subarray(0, length)));
    for (let at = 0; at < file.length; at++) {
      const spoiled = Uint8Array.from(file);
      spoiled[at] = (spoiled[at] ?? 0) ^ 0x10;
      await errorOf('PRUNEFRONT_ARTIFACT_CORRUPT', () => decodeContainer(spoiled));
    }
  });

  it.each<[string, Uint8Array]>([
    ['no object', withHeader(() => null)],
    ['no tensors', withHeader(({ tensors: _, ...rest }) => rest)],
    ['no topology', withHeader((header) => ({ ...header, topology: {} }))],
    ['activations of no form', withHeader((header) => ({ ...header, activations: { a: { bits: 3 } } }))],
    ['another shape', withEntry({ shape: [7, 2] })],
    ['a shape of no size', withEntry({ shape: [-1, -6] })],
    ['a huge shape', withEntry({ shape: [1e9, 1e6], positions: 'gaps', count: 0 })],
    ['positions of no kind', withEntry({ positions: 'some' })],
    ['positions that are not there', withEntry({ positions: 'gaps' })],
    ['a bitmap that is none', withEntry({ positions: 'bitmap' })],
    ['values of no kind', withEntry({ values: { kind: 'float64' } })],
    ['a codebook that is none', withEntry({ values: { kind: 'codebook', entries: 9, width: 4 } })],
    ['integers of no width', withEntry({ values: { kind: 'integers', scheme: 'symmetric', bits: 8, width: 40 } })],
    ['a coding of no kind', withEntry({ coding: 'zip' })],
    ['deflated, which it is not', withEntry({ coding: 'deflate' })],
    ['by Brotli, which it is not', withEntry({ coding: 'brotli' })],
    ['another size', withEntry({ size: 25 })],
    ['more bytes than there are', withEntry({ bytes: 1000 })],
  ])('given a header with %s under a right checksum, then it is corrupt', async (_, bytes) => {
    await errorOf('PRUNEFRONT_ARTIFACT_CORRUPT', () => decodeContainer(bytes));
  });
});
