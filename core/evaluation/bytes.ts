import { gzipSync } from 'node:zlib';
import { weightBytes } from '../models/model-file.js';
import type { NamedTensor } from '../models/named-tensor.js';

/** Bytes of the weight file: four for each weight. */
export function bytesDense(weights: readonly NamedTensor[]): number {
  return weights.reduce((sum, { values }) => sum + values.length * 4, 0);
}

/** Bytes of the weight file after gzip at its highest level, as tfmot's guides measure it. */
export function bytesGzip(weights: readonly NamedTensor[]): number {
  return gzipSync(weightBytes(weights), { level: 9 }).length;
}

/** Bytes of a sparse encoding: for each tensor a bitmap and its nonzero weights in four bytes each, or all of them where that is less. */
export function bytesSparse(weights: readonly NamedTensor[]): number {
  return weights.reduce((sum, { values }) => {
    let nonzero = 0;
    for (const value of values) if (value !== 0) nonzero++;
    return sum + Math.min(values.length * 4, Math.ceil(values.length / 8) + nonzero * 4);
  }, 0);
}
