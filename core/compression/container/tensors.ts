import { type NamedTensor, sizeOf } from '../../models/named-tensor.js';
import { dequantize, type QuantizedTensor } from '../quantization/quantize.js';
import { brotli, type Coded, decoded, deflated } from './coding.js';
import { corrupt, type TensorEntry } from './format.js';
import { positionsOf, readPositions } from './positions.js';
import { readValues, writtenForms } from './values.js';

/** More than any array of ours holds. */
const MOST_ELEMENTS = 2 ** 31;

/** A form that is so many times as long as another is longer when both are coded, too. */
const MOST_GAIN = 4;

/** A tensor in a container: its entry and its payload. */
export interface WrittenTensor {
  readonly entry: TensorEntry;
  readonly payload: Uint8Array;
}

/**
 * The tensor in the smallest of its forms.
 * @param quantized - its integers, where it has been quantized; they are used only if they give these values bit for bit
 */
export function writeTensor({ name, shape, values }: NamedTensor, quantized: QuantizedTensor | null): WrittenTensor {
  const bits = bitsOf(values);
  const present = Uint8Array.from(bits, (each) => (each === 0 ? 0 : 1));
  const count = present.reduce((sum, each) => sum + each, 0);
  const own = quantized !== null && isSame(bits, bitsOf(dequantize(quantized))) ? quantized : null;
  const forms = positionsOf(present, count).flatMap(({ positions, bytes }) => {
    const indices = indicesOf(present, positions === 'all');
    return writtenForms(values, indices, own).map((written) => ({
      positions,
      count: indices.length,
      values: written.values,
      plain: Buffer.concat([bytes, written.bytes]),
    }));
  });
  const least = forms.reduce((size, { plain }) => Math.min(size, plain.length), Number.POSITIVE_INFINITY);
  const coded = forms
    .filter(({ plain }) => plain.length <= least * MOST_GAIN)
    .map((form) => ({ ...form, coded: deflated(form.plain) }));
  const best = coded.reduce((a, b) => (b.coded.bytes.length < a.coded.bytes.length ? b : a));
  const { coding, bytes: payload }: Coded = brotli(best.plain, best.coded) ?? best.coded;
  return {
    entry: {
      name,
      shape,
      positions: best.positions,
      count: best.count,
      values: best.values,
      coding,
      size: best.plain.length,
      bytes: payload.length,
    },
    payload,
  };
}

/**
 * The tensor of a payload.
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_CORRUPT`
 */
export function readTensor(entry: TensorEntry, payload: Uint8Array): NamedTensor {
  const { name, shape, positions, count, coding } = entry;
  const size = sizeOf(shape);
  if (size > MOST_ELEMENTS || count > size || (positions === 'all' && count < size))
    throw corrupt(`${count} values for the ${size} elements of ${name}`);
  const plain = decoded({ coding, bytes: payload }, entry.size);
  const { indices, bytes } = readPositions(plain, positions, size, count);
  const written = readValues(plain.subarray(bytes), entry.values, indices);
  const values = new Float32Array(size);
  indices.forEach((index, i) => {
    values[index] = written[i] ?? 0;
  });
  return { name, shape, values };
}

function indicesOf(present: Uint8Array, all: boolean): Uint32Array {
  const indices = Uint32Array.from(present.keys());
  return all ? indices : indices.filter((i) => present[i] === 1);
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length);
}

function isSame(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}
