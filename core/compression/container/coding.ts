import { brotliCompressSync, brotliDecompressSync, constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Coding, corrupt } from './format.js';

/** Bytes and how they were coded. */
export interface Coded {
  readonly coding: Coding;
  readonly bytes: Uint8Array;
}

/** The bytes deflated, or as they are where that is no shorter. */
export function deflated(bytes: Uint8Array): Coded {
  // Higher levels search long runs of zeros for seconds, and find little.
  const shorter = deflateRawSync(bytes, { level: 6 });
  return shorter.length < bytes.length ? { coding: 'deflate', bytes: shorter } : { coding: 'stored', bytes };
}

/** The bytes by Brotli, or null where that is not shorter than `other`. Its two highest levels take a hundred times longer and save a thousandth. */
export function brotli(bytes: Uint8Array, other: Coded): Coded | null {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 9,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  const shorter = brotliCompressSync(bytes, { params });
  return shorter.length < other.bytes.length ? { coding: 'brotli', bytes: shorter } : null;
}

/**
 * The bytes before their coding.
 * @param size - how many they have to be
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_CORRUPT`
 */
export function decoded({ coding, bytes }: Coded, size: number): Uint8Array {
  const plain = undone(coding, bytes, size);
  if (plain.length === size) return plain;
  throw corrupt(`a payload of ${plain.length} bytes in place of ${size}`);
}

function undone(coding: Coding, bytes: Uint8Array, size: number): Uint8Array {
  // One more, so that what is too long is seen to be; never more, whatever a file claims.
  const limit = { maxOutputLength: size + 1 };
  try {
    switch (coding) {
      case 'stored':
        return bytes;
      case 'deflate':
        return inflateRawSync(bytes, limit);
      case 'brotli':
        return brotliDecompressSync(bytes, limit);
    }
  } catch (error) {
    throw corrupt(`a payload that cannot be decoded: ${String(error)}`, error);
  }
}
