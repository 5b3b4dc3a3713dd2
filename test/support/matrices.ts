import type { LowRank } from '../../core/compression/factorization/low-rank.js';
import { type Matrix, timesTransposed, transposed } from '../../core/linear-algebra/matrix.js';
import { atOnce } from '../../core/steps.js';

/** left [m, k] · right [k, n]. */
export function product(left: Matrix, right: Matrix): Matrix {
  return atOnce(timesTransposed(left, transposed(right)));
}

/** The product of factors, row-major. */
export function multiplied({ left, right }: LowRank): Float64Array {
  return product(left, right).values;
}
