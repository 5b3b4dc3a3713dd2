import { PrunefrontError } from '../../errors.js';
import type { Channels } from '../kernels.js';
import type { ActivationGrid } from '../quantization/fake-quantization.js';
import type { QuantizationFormat } from '../quantization/quantize.js';

/**
 * The container of a compressed model, a file `NAME.pfc`. Numbers are little-endian.
 *
 * | bytes | what |
 * | --- | --- |
 * | 8 | magic: 89 50 46 43 0d 0a 1a 0a (`.PFC`, and ends of lines that a text transfer would spoil) |
 * | 4 | version, 1 |
 * | 4 | n, bytes of the header |
 * | n | header: JSON in UTF-8, deflated (RFC 1951): a `Header` |
 * | … | payloads of the tensors, in the order of the header, without gaps |
 * | 32 | SHA-256 of all that is before it |
 *
 * A tensor's payload, when its coding is undone, is its positions and then its values.
 *
 * Positions say where the `count` values are that are written; all others are +0.
 * - `all`: nothing; every element has its value.
 * - `bitmap`: a bit for each element, the lowest bit of a byte first, 1 where there is a value.
 * - `gaps`: for each value the number of zeros since the one before, seven bits a byte, the lowest first, the highest bit where more follow.
 *
 * Values are
 * - `float32`: the lowest bytes of all, then all second, third and highest ones.
 * - `codebook`: `entries` float32 values (as above), then for each value its index of `width` bits.
 * - `integers`: the scale of each channel, float32 as above; if asymmetric the zero point of each, 2 bytes; then for each value its integer, less the least one of
 *   the format, in `width` bits. Element i is of channel ⌊i / inner⌋ mod count and is (integer − zeroPoint) · scale in float32.
 *
 * Bits are packed from the lowest of a byte on. The smallest of all of these is taken for each tensor, coded or not.
 */
export const MAGIC = Uint8Array.of(0x89, 0x50, 0x46, 0x43, 0x0d, 0x0a, 0x1a, 0x0a);

/** The version that is written and read. */
export const VERSION = 1;

/** Bytes before the header. */
export const PREFIX = MAGIC.length + 8;

/** Bytes of the SHA-256 at the end. */
export const CHECKSUM = 32;

/** Which elements have values. */
export type Positions = 'all' | 'bitmap' | 'gaps';

/** How a payload is coded: as it is, deflated (RFC 1951), or by Brotli (RFC 7932). */
export type Coding = 'stored' | 'deflate' | 'brotli';

/** How values are written. */
export type Values =
  | { readonly kind: 'float32' }
  | { readonly kind: 'codebook'; readonly entries: number; readonly width: number }
  | ({ readonly kind: 'integers'; readonly channels: Channels; readonly width: number } & QuantizationFormat);

/** A tensor of the header. */
export interface TensorEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly positions: Positions;
  /** Values that are written. */
  readonly count: number;
  readonly values: Values;
  readonly coding: Coding;
  /** Bytes of the payload before its coding, and in the file. */
  readonly size: number;
  readonly bytes: number;
}

/** The JSON of a container. */
export interface Header {
  /** A Keras config. */
  readonly topology: unknown;
  readonly tensors: readonly TensorEntry[];
  /** The grid that the outputs of a layer are put on, by layer. */
  readonly activations: Readonly<Record<string, ActivationGrid>>;
}

/** The error of bytes that are no whole container. */
export function corrupt(found: string, cause?: unknown): PrunefrontError {
  return new PrunefrontError(
    'PRUNEFRONT_ARTIFACT_CORRUPT',
    'The bytes are not a whole container of a compressed model',
    { found, allowed: `a .pfc file of version ${VERSION}` },
    { cause },
  );
}
