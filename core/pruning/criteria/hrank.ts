import { sizeOf } from '../../models/named-tensor.js';
import type { Criterion } from './criterion.js';
import { matrixRank } from './matrix-rank.js';
import { measuredOf } from './measured.js';

/**
 * Mean rank of each channel's maps over examples. A map has its first axis as rows and all others as columns: of a sequence one column, of
 * a layer without positions a single number, whose rank is 0 or 1.
 * @param shape - [examples, ...positions, channels]
 */
export function meanRanks(activations: Float32Array, shape: readonly number[]): Float32Array {
  const [examples = 0, rows = 1] = shape.length > 2 ? shape : [shape[0] ?? 0];
  const channels = shape.at(-1) ?? 1;
  const columns = sizeOf(shape.slice(2, -1));
  const size = rows * columns;
  const map = new Float32Array(size);
  return Float32Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let example = 0; example < examples; example++) {
      for (let i = 0; i < size; i++) map[i] = activations[(example * size + i) * channels + channel] ?? 0;
      sum += matrixRank(map, rows, columns);
    }
    return sum / examples;
  });
}

/** Mean rank of a unit's feature map: one of low rank says little. */
export const HRANK: Criterion = {
  name: 'hrank',
  summary: "Mean rank of a unit's feature map over examples.",
  source: 'Lin et al. 2020',
  measures: true,
  settings: {},
  units: ({ layer }, evidence) => measuredOf(evidence.featureRanks(), layer).slice(),
};
