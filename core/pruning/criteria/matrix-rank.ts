import { matrixOf } from '../../linear-algebra/matrix.js';
import { singularValues } from '../../linear-algebra/svd.js';

/** The distance from 1 to the next float32. */
const FLOAT32_EPSILON = 2 ** -23;

/**
 * Rank of a row-major matrix of float32 as numpy and torch count it: singular values above the largest · max(rows, columns) · ε of float32.
 * The singular values themselves are computed in float64.
 */
export function matrixRank(values: ArrayLike<number>, rows: number, columns: number): number {
  const singular = singularValues(matrixOf(rows, columns, values));
  const tolerance = Math.max(0, ...singular) * Math.max(rows, columns) * FLOAT32_EPSILON;
  return singular.filter((value) => value > tolerance).length;
}
