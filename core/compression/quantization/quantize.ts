import { roundHalfEven } from '../../round-half-even.js';
import type { Channels } from '../kernels.js';

/**
 * How reals become integers (Jacob et al. 2018). `symmetric`: signed in the narrow range ±(2^(bits − 1) − 1), zero at 0.
 * `asymmetric`: unsigned, 0 to 2^bits − 1, over a range that is widened to hold 0, whose integer is the zero point.
 */
export type Scheme = 'symmetric' | 'asymmetric';

/** How a tensor is quantized. */
export interface QuantizationFormat {
  readonly scheme: Scheme;
  /** 2 to 16. */
  readonly bits: number;
}

/** Integers of 2 to 16 bits, as they lie in memory. */
export type Integers = Int8Array | Int16Array | Uint8Array | Uint16Array;

/** A tensor as integers: element i of channel c is (integers[i] − zeroPoint[c]) · scale[c] in float32. */
export interface QuantizedTensor extends QuantizationFormat {
  readonly channels: Channels;
  readonly integers: Integers;
  /** Of each channel, positive. */
  readonly scale: Float32Array;
  /** Of each channel; 0 where the scheme is symmetric. */
  readonly zeroPoint: Uint16Array;
}

/** Least and greatest of the values, and of 0. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The smallest normal number of float32: TensorFlow takes smaller ones for 0. */
export const SMALLEST_SCALE = 2 ** -126;

const f = Math.fround;

/** The integers that a format has, ends included. */
export function integerRange({ scheme, bits }: QuantizationFormat): Range {
  if (scheme === 'asymmetric') return { min: 0, max: 2 ** bits - 1 };
  const largest = 2 ** (bits - 1) - 1;
  return { min: -largest, max: largest };
}

/**
 * Scale and zero point of a range, in float32: max|w| / (2^(bits − 1) − 1) and 0, or (max − min) / (2^bits − 1) and round(−min / scale),
 * halves to even. Where the range is 0 alone, or so small that float32 has no normal number for the scale, the scale is 1.
 */
export function gridOf(
  { min, max }: Range,
  format: QuantizationFormat,
): { readonly scale: number; readonly zeroPoint: number } {
  const { max: largest } = integerRange(format);
  const [lowest, highest] = [f(Math.min(min, 0)), f(Math.max(max, 0))];
  const quotient = f((format.scheme === 'symmetric' ? Math.max(-lowest, highest) : f(highest - lowest)) / largest);
  const scale = quotient < SMALLEST_SCALE ? 1 : quotient;
  if (format.scheme === 'symmetric') return { scale, zeroPoint: 0 };
  return { scale, zeroPoint: Math.min(roundHalfEven(f(-lowest / scale)), largest) };
}

/**
 * The tensor in integers. Zeros stay exactly zero in both schemes.
 * @param values - finite, row-major
 */
export function quantize(values: Float32Array, channels: Channels, format: QuantizationFormat): QuantizedTensor {
  const { min, max } = integerRange(format);
  const ranges = rangesOf(values, channels);
  const grids = ranges.map((range) => gridOf(range, format));
  const integers = new (arrayOf(format))(values.length);
  for (let i = 0; i < values.length; i++) {
    const { scale, zeroPoint } = grids[channelAt(channels, i)] ?? { scale: 1, zeroPoint: 0 };
    const integer = roundHalfEven(f((values[i] ?? 0) / scale)) + zeroPoint;
    integers[i] = Math.min(Math.max(integer, min), max);
  }
  return {
    ...format,
    channels,
    integers,
    scale: Float32Array.from(grids, ({ scale }) => scale),
    zeroPoint: Uint16Array.from(grids, ({ zeroPoint }) => zeroPoint),
  };
}

/** The values that the integers stand for. */
export function dequantize({ channels, integers, scale, zeroPoint }: QuantizedTensor): Float32Array {
  const values = new Float32Array(integers.length);
  for (let i = 0; i < values.length; i++) {
    const channel = channelAt(channels, i);
    values[i] = ((integers[i] ?? 0) - (zeroPoint[channel] ?? 0)) * (scale[channel] ?? 1);
  }
  return values;
}

/** Channel of element i. */
export function channelAt({ count, inner }: Channels, i: number): number {
  return Math.floor(i / inner) % count;
}

/** The smallest array type that holds the integers of a format. */
export function arrayOf({ scheme, bits }: QuantizationFormat): new (length: number) => Integers {
  if (scheme === 'symmetric') return bits <= 8 ? Int8Array : Int16Array;
  return bits <= 8 ? Uint8Array : Uint16Array;
}

/** The range of each channel. */
function rangesOf(values: Float32Array, channels: Channels): Range[] {
  const least = new Float32Array(channels.count);
  const greatest = new Float32Array(channels.count);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const channel = channelAt(channels, i);
    if (value < (least[channel] ?? 0)) least[channel] = value;
    if (value > (greatest[channel] ?? 0)) greatest[channel] = value;
  }
  return Array.from(least, (min, channel) => ({ min, max: greatest[channel] ?? 0 }));
}
