import { countLeading } from '../../count-leading.js';
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
  return weights.map((weight) => {
    if (weight === 0) return 0;
    const smaller = countLeading(sorted, (other) => other < Math.abs(weight));
    return weight ** 2 / (sums[smaller] ?? 1);
  });
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
