import { packBits, packedBytes, unpackBits } from './bits.js';
import { corrupt, type Positions } from './format.js';

/** The bytes that say which elements are not +0, of each kind that is worth trying. */
export function positionsOf(
  present: Uint8Array,
  count: number,
): { readonly positions: Positions; readonly bytes: Uint8Array }[] {
  const all = { positions: 'all', bytes: new Uint8Array() } as const;
  if (count === present.length) return [all];
  return [
    all,
    { positions: 'bitmap', bytes: packBits(present, 1) },
    { positions: 'gaps', bytes: Uint8Array.from(gapsOf(present)) },
  ];
}

/**
 * The indices of the elements that have values, and how many bytes told them.
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_CORRUPT` where they are not `count`
 */
export function readPositions(
  payload: Uint8Array,
  positions: Positions,
  size: number,
  count: number,
): { readonly indices: Uint32Array; readonly bytes: number } {
  const found = read(payload, positions, size, count);
  const last = found.indices.at(-1) ?? -1;
  if (found.indices.length === count && last < size && found.bytes <= payload.length) return found;
  throw corrupt(`positions of ${found.indices.length} values up to ${last} in place of ${count} among ${size}`);
}

function read(
  payload: Uint8Array,
  positions: Positions,
  size: number,
  count: number,
): { readonly indices: Uint32Array; readonly bytes: number } {
  switch (positions) {
    case 'all':
      return { indices: Uint32Array.from({ length: size }, (_, i) => i), bytes: 0 };
    case 'bitmap': {
      const bytes = packedBytes(size, 1);
      const present = unpackBits(payload.subarray(0, bytes), size, 1);
      return { indices: Uint32Array.from([...present.keys()].filter((i) => present[i] === 1)), bytes };
    }
    case 'gaps':
      return readGaps(payload, count);
  }
}

function gapsOf(present: Uint8Array): number[] {
  const bytes: number[] = [];
  let gap = 0;
  for (const each of present) {
    if (each === 0) {
      gap++;
      continue;
    }
    for (; gap > 0x7f; gap >>>= 7) bytes.push((gap & 0x7f) | 0x80);
    bytes.push(gap);
    gap = 0;
  }
  return bytes;
}

function readGaps(payload: Uint8Array, count: number): { readonly indices: Uint32Array; readonly bytes: number } {
  const indices = new Uint32Array(count);
  let [at, index] = [0, -1];
  for (let i = 0; i < count; i++) {
    let gap = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = payload[at++];
      if (byte === undefined || shift > 28) throw corrupt('positions that are cut off');
      gap += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    index += gap + 1;
    indices[i] = index;
  }
  return { indices, bytes: at };
}
