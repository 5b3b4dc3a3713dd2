import type { Criterion } from './criterion.js';
import { type UnitRows, unitRows } from './unit-rows.js';

/** For each row the sum of its Euclidean distances to all others, in float64. */
function distancesToOthers({ units, fanIn, values }: UnitRows): Float32Array {
  const sums = new Float64Array(units);
  for (let a = 0; a < units; a++) {
    for (let b = a + 1; b < units; b++) {
      const distance = distanceBetween(values, a * fanIn, b * fanIn, fanIn);
      sums[a] = (sums[a] ?? 0) + distance;
      sums[b] = (sums[b] ?? 0) + distance;
    }
  }
  return Float32Array.from(sums);
}

/** By differences: through inner products, rows that are nearly equal would lose their digits. */
function distanceBetween(values: Float32Array, a: number, b: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += ((values[a + i] ?? 0) - (values[b + i] ?? 0)) ** 2;
  return Math.sqrt(sum);
}

/** Distance from the geometric median: a unit that lies in the middle of the others is what they can replace. On raw weights. */
export const FPGM: Criterion = {
  name: 'fpgm',
  summary: 'Sum of the distances from a unit to all others of its layer: what lies in the middle goes.',
  source: 'He et al. 2019',
  settings: {},
  units: (layer) => distancesToOthers(unitRows(layer)),
};
