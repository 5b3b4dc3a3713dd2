import { type Matrix, matrixOf } from '../../linear-algebra/matrix.js';
import type { Svd } from '../../linear-algebra/svd.js';

/** A matrix [m, n] as left [m, rank] · right [rank, n]. */
export interface LowRank {
  readonly left: Matrix;
  readonly right: Matrix;
}

/**
 * The best approximation of a rank (Eckart and Young 1936). Each factor takes the square root of the singular values, so that both are of the same
 * scale and train alike.
 * @param rank - at least 1; beyond that of the matrix it is exact
 */
export function truncated({ left, values, right }: Svd, rank: number): LowRank {
  const kept = Math.min(rank, values.length);
  const root = (i: number): number => Math.sqrt(values[i] ?? 0);
  return {
    left: matrixOf(
      left.rows,
      kept,
      Float64Array.from({ length: left.rows * kept }, (_, at) => {
        const [row, i] = [Math.floor(at / kept), at % kept];
        return (left.values[row * left.columns + i] ?? 0) * root(i);
      }),
    ),
    right: matrixOf(
      kept,
      right.columns,
      right.values.subarray(0, kept * right.columns).map((entry, at) => entry * root(Math.floor(at / right.columns))),
    ),
  };
}

/** The smallest rank whose singular values have at least this fraction of the sum of all squares. */
export function rankOfEnergy(values: Float64Array, fraction: number): number {
  const total = values.reduce((sum, value) => sum + value * value, 0);
  let kept = 0;
  const last = values.findIndex((value) => {
    kept += value * value;
    return kept >= fraction * total;
  });
  return last < 0 ? values.length : last + 1;
}
