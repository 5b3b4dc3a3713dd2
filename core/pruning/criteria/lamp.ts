import type { Criterion } from './criterion.js';

/** w² over the sum of all w'² of the kernel with |w'| ≥ |w|; 0 where all are zero. In float64 on the way. */
export function lamp(weights: Float32Array): Float32Array {
  const sorted = weights.map(Math.abs).sort();
  const sums = new Float64Array(sorted.length);
  let sum = 0;
  for (let i = sorted.length - 1; i >= 0; i--) {
    sum += (sorted[i] ?? 0) ** 2;
    sums[i] = sum;
  }
  return weights.map((weight) => (weight === 0 ? 0 : weight ** 2 / (sums[firstOf(sorted, Math.abs(weight))] ?? 1)));
}

/** The first place of a value in a sorted array. */
function firstOf(sorted: Float32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Layer-adaptive magnitude: scores of different layers compare, so that the global scope needs no allocation. */
export const LAMP: Criterion = {
  name: 'lamp',
  summary:
    'Square of a weight over the sum of the kernel’s squares that are not smaller: magnitude that compares between layers.',
  source: 'Lee et al. 2021',
  settings: {},
  weights: ({ values }) => lamp(values),
};
