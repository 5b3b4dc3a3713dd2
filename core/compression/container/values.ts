import { channelAt, integerRange, type QuantizedTensor } from '../quantization/quantize.js';
import { fromPlanes, packBits, packedBytes, planesOf, unpackBits } from './bits.js';
import { corrupt, type Values } from './format.js';

/** Values in one of their forms. */
export interface WrittenValues {
  readonly values: Values;
  readonly bytes: Uint8Array;
}

/** More distinct values than that are no codebook. */
const MOST_ENTRIES = 4096;

/**
 * The forms in which the values at `indices` can be written.
 * @param quantized - the integers that stand for the tensor, where there are any
 */
export function writtenForms(
  tensor: Float32Array,
  indices: Uint32Array,
  quantized: QuantizedTensor | null,
): WrittenValues[] {
  const chosen = Float32Array.from(indices, (i) => tensor[i] ?? 0);
  return [
    { values: { kind: 'float32' }, bytes: planesOf(chosen) },
    ...codebook(chosen),
    ...(quantized === null ? [] : integers(quantized, indices)),
  ];
}

/**
 * The values at `indices` of what `writtenForms` wrote.
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_CORRUPT`
 */
export function readValues(bytes: Uint8Array, values: Values, indices: Uint32Array): Float32Array {
  const count = indices.length;
  const needed = bytesOf(values, count);
  if (bytes.length !== needed) throw corrupt(`values of ${bytes.length} bytes in place of ${needed}`);
  switch (values.kind) {
    case 'float32':
      return fromPlanes(bytes);
    case 'codebook': {
      const table = fromPlanes(bytes.subarray(0, values.entries * 4));
      const codes = unpackBits(bytes.subarray(values.entries * 4), count, values.width);
      return Float32Array.from(codes, (code) => table[code] ?? Number.NaN);
    }
    case 'integers': {
      const { channels, width } = values;
      const scales = fromPlanes(bytes.subarray(0, channels.count * 4));
      const pointBytes = bytesOfZeroPoints(values);
      const points = unpackBits(bytes.subarray(channels.count * 4), pointBytes / 2, 16);
      const packed = unpackBits(bytes.subarray(channels.count * 4 + pointBytes), count, width);
      const { min } = integerRange(values);
      return Float32Array.from(indices, (index, i) => {
        const channel = channelAt(channels, index);
        return ((packed[i] ?? 0) + min - (points[channel] ?? 0)) * (scales[channel] ?? 1);
      });
    }
  }
}

function bytesOf(values: Values, count: number): number {
  switch (values.kind) {
    case 'float32':
      return count * 4;
    case 'codebook':
      return values.entries * 4 + packedBytes(count, values.width);
    case 'integers':
      return values.channels.count * 4 + bytesOfZeroPoints(values) + packedBytes(count, values.width);
  }
}

function bytesOfZeroPoints({ scheme, channels }: Extract<Values, { kind: 'integers' }>): number {
  return scheme === 'asymmetric' ? channels.count * 2 : 0;
}

/** The distinct values, in the order of their bits, and which of them each is; nothing where they are too many. */
function codebook(values: Float32Array): WrittenValues[] {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const distinct = new Set<number>();
  for (const each of bits) {
    distinct.add(each);
    if (distinct.size > MOST_ENTRIES) return [];
  }
  const table = Uint32Array.from(distinct).sort();
  const codeOf = new Map([...table].map((each, code) => [each, code]));
  const codes = Uint16Array.from(bits, (each) => codeOf.get(each) ?? 0);
  const tableBytes = planesOf(new Float32Array(table.buffer));
  return widths(Math.max(1, Math.ceil(Math.log2(table.length)))).map((width) => ({
    values: { kind: 'codebook', entries: table.length, width },
    bytes: Buffer.concat([tableBytes, packBits(codes, width)]),
  }));
}

function integers(quantized: QuantizedTensor, indices: Uint32Array): WrittenValues[] {
  const { scheme, bits, channels, scale, zeroPoint } = quantized;
  const { min } = integerRange(quantized);
  const chosen = Uint16Array.from(indices, (i) => (quantized.integers[i] ?? 0) - min);
  const points = scheme === 'asymmetric' ? packBits(zeroPoint, 16) : new Uint8Array();
  return widths(bits).map((width) => ({
    values: { kind: 'integers', scheme, bits, channels, width },
    bytes: Buffer.concat([planesOf(scale), points, packBits(chosen, width)]),
  }));
}

/** As narrow as can be, and in whole bytes, which are the better to code. */
function widths(narrowest: number): number[] {
  return [...new Set([narrowest, narrowest <= 8 ? 8 : 16])];
}
