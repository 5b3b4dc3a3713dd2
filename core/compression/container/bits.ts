/**
 * Whole numbers of `width` bits each, one after the other, the lowest bit first.
 * @param width - 1 to 16
 */
export function packBits(numbers: ArrayLike<number>, width: number): Uint8Array {
  const bytes = new Uint8Array(packedBytes(numbers.length, width));
  let [held, bits, at] = [0, 0, 0];
  for (let i = 0; i < numbers.length; i++) {
    held |= (numbers[i] ?? 0) << bits;
    for (bits += width; bits >= 8; bits -= 8) {
      bytes[at++] = held & 0xff;
      held >>>= 8;
    }
  }
  if (bits > 0) bytes[at] = held;
  return bytes;
}

/** The numbers of packed bits. */
export function unpackBits(bytes: Uint8Array, count: number, width: number): Uint16Array {
  const numbers = new Uint16Array(count);
  const mask = 2 ** width - 1;
  let [held, bits, at] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    for (; bits < width; bits += 8) held |= (bytes[at++] ?? 0) << bits;
    numbers[i] = held & mask;
    held >>>= width;
    bits -= width;
  }
  return numbers;
}

/** Bytes that so many numbers take. */
export function packedBytes(count: number, width: number): number {
  return Math.ceil((count * width) / 8);
}

/** Float32 values with all their lowest bytes first, then all second ones, and so on: exponents lie side by side, and code well. */
export function planesOf(values: Float32Array): Uint8Array {
  const bytes = littleEndian(values);
  return bytes.map((_, at) => bytes[(at % values.length) * 4 + Math.floor(at / values.length)] ?? 0);
}

/** The values of byte planes. */
export function fromPlanes(planes: Uint8Array): Float32Array {
  const count = planes.length / 4;
  return fromLittleEndian(planes.map((_, at) => planes[(at % 4) * count + Math.floor(at / 4)] ?? 0));
}

/** Float32 values as they lie in a file. */
function littleEndian(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setFloat32(i * 4, value, true);
  });
  return bytes;
}

/** Float32 values from a file; the bytes need not be aligned. */
function fromLittleEndian(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
}
