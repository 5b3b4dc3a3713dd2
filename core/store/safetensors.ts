import { PrunefrontError } from '../errors.js';

/** One tensor's data with its type and shape; row-major. */
export type TensorData =
  | { readonly dtype: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'int32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'uint8'; readonly shape: readonly number[]; readonly data: Uint8Array };

const CODES = { float32: 'F32', int32: 'I32', uint8: 'U8' } as const;
const BYTES = { F32: 4, I32: 4, U8: 1 } as const;

interface HeaderEntry {
  readonly dtype: keyof typeof BYTES;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

/**
 * Named tensors and text metadata in the safetensors format of Hugging Face (https://github.com/huggingface/safetensors, "Format"): 8
 * bytes little-endian header length, a JSON header, the raw data. The header is padded so that data starts at a multiple of 8.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, TensorData>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  // Four-byte types first, so that every array is aligned.
  const ordered = [...tensors].sort(([, a], [, b]) => Number(a.dtype === 'uint8') - Number(b.dtype === 'uint8'));
  const header: Record<string, unknown> = { __metadata__: metadata };
  let size = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    header[name] = { dtype: CODES[dtype], shape, data_offsets: [size, size + data.byteLength] };
    size += data.byteLength;
  }
  const text = JSON.stringify(header);
  const length = Math.ceil(Buffer.byteLength(text) / 8) * 8;
  const bytes = Buffer.alloc(8 + length + size, 0x20);
  bytes.writeBigUInt64LE(BigInt(length), 0);
  bytes.write(text, 8);
  let at = 8 + length;
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * The tensors and metadata of a safetensors file. Arrays are copies.
 * @param allocate - memory for an array of so many bytes
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_CORRUPT` where the bytes are not such a file
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  allocate: (size: number) => ArrayBufferLike = (size) => new ArrayBuffer(size),
): {
  tensors: Map<string, TensorData>;
  metadata: Record<string, string>;
} {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.length >= 8 ? Number(view.readBigUInt64LE(0)) : Number.NaN;
  if (!(8 + length <= view.length)) throw corrupt('the header is cut off');
  const header = parseHeader(view.toString('utf8', 8, 8 + length));
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isTexts(metadata)) throw corrupt('the metadata are not texts by name');
  const tensors = new Map<string, TensorData>();
  for (const [name, entry] of Object.entries(entries)) {
    if (!isEntry(entry) || 8 + length + entry.data_offsets[1] > view.length)
      throw corrupt(`tensor ${name} is cut off or of no known form`);
    const { dtype, shape } = entry;
    const [from, to] = entry.data_offsets;
    // A copy, because the arrays of a file need not be aligned.
    const copy = new Uint8Array(allocate(to - from));
    copy.set(view.subarray(8 + length + from, 8 + length + to));
    tensors.set(name, toTensor(dtype, shape, copy));
  }
  checkCovered(Object.values(entries).filter(isEntry), view.length - 8 - length);
  return { tensors, metadata };
}

/** The format allows neither holes nor overlaps nor a rest. */
function checkCovered(entries: readonly HeaderEntry[], size: number): void {
  const ranges = entries.map(({ data_offsets: range }) => range).sort(([a, b], [c, d]) => a - c || b - d);
  const end = ranges.reduce((at, [from, to]) => (from === at ? to : Number.NaN), 0);
  if (end !== size) throw corrupt(`the tensors do not fill the ${size} bytes of data`);
}

function isTexts(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}

function parseHeader(text: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw corrupt(`the header is no JSON: ${String(error)}`);
  }
  if (typeof header !== 'object' || header === null) throw corrupt('the header is no JSON object');
  return header as Record<string, unknown>;
}

function isEntry(value: unknown): value is HeaderEntry {
  const {
    dtype,
    shape,
    data_offsets: offsets,
  } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Record<keyof HeaderEntry, unknown>>;
  if (typeof dtype !== 'string' || !Object.hasOwn(BYTES, dtype) || !isCounts(shape) || !isCounts(offsets)) return false;
  const [from = 0, to = 0] = offsets;
  const count = shape.reduce((product, n) => product * n, 1);
  return offsets.length === 2 && to - from === count * BYTES[dtype as keyof typeof BYTES];
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function toTensor(dtype: keyof typeof BYTES, shape: readonly number[], copy: Uint8Array): TensorData {
  switch (dtype) {
    case 'F32':
      return { dtype: 'float32', shape, data: new Float32Array(copy.buffer) };
    case 'I32':
      return { dtype: 'int32', shape, data: new Int32Array(copy.buffer) };
    case 'U8':
      return { dtype: 'uint8', shape, data: copy };
  }
}

function corrupt(found: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_ARTIFACT_CORRUPT', 'The bytes are not a whole safetensors file', { found });
}
