import { atOnce, type Steps } from '../steps.js';
import { bidiagonalForm } from './bidiagonal.js';
import { diagonalForm } from './diagonal-form.js';
import { type Matrix, rowOf, timesTransposed, transposed } from './matrix.js';
import { rightFactor } from './right-factor.js';
import { rotatorOf } from './rotations.js';

/** The singular value decomposition left · diag(values) · right of a matrix [m, n], with k = min(m, n). */
export interface Svd {
  /** [m, k], columns orthonormal; those of singular values that are 0 are 0. */
  readonly left: Matrix;
  /** Not negative, the greatest first; not numbers where the matrix has one that is none. */
  readonly values: Float64Array;
  /** [k, n], rows orthonormal; those of singular values that are 0 are 0. */
  readonly right: Matrix;
}

/** Values below this part of the greatest are rounding. */
const NEGLIGIBLE = 1e-14;

/**
 * The singular value decomposition in float64: bidiagonal form by Householder's reflections, then QR sweeps (Golub and Reinsch 1970) whose
 * rotations are applied to the vectors of the smaller side alone. Those of the larger side are matrix · rightᵀ / values, so that the
 * product is the matrix up to rounding whatever the values; the vector of a value that is ε times the greatest is orthogonal to the others
 * up to about 1e-16 / ε. The signs of a pair of singular vectors are free. A step takes no longer than a few passes over the matrix.
 */
export function* svd(matrix: Matrix): Steps<Svd> {
  if (matrix.rows < matrix.columns) {
    const { left, values, right } = yield* svd(transposed(matrix));
    return { left: transposed(right), values, right: transposed(left) };
  }
  const bidiagonal = yield* bidiagonalForm(matrix);
  const vectors = yield* rightFactor(bidiagonal);
  const rotator = rotatorOf(vectors);
  const found = yield* diagonalForm(bidiagonal, rotator.add);
  yield* rotator.finish();
  const order = [...found.keys()].sort((a, b) => (found[b] ?? 0) - (found[a] ?? 0));
  const floor = (found[order[0] ?? 0] ?? 0) * NEGLIGIBLE;
  const values = Float64Array.from(order, (i) => found[i] ?? 0).map((value) => (value <= floor ? 0 : value));
  const right = sorted(vectors, order, values);
  const left = yield* timesTransposed(matrix, right);
  for (let i = 0; i < left.rows; i++) divide(rowOf(left, i), values);
  return { left, values, right };
}

/** The singular values alone, in no order. */
export function singularValues(matrix: Matrix): Float64Array {
  const tall = matrix.rows < matrix.columns ? transposed(matrix) : matrix;
  return atOnce(diagonalForm(atOnce(bidiagonalForm(tall))));
}

/** Columns as rows in this order; zeros for a value of 0. */
function sorted(vectors: Matrix, order: readonly number[], values: Float64Array): Matrix {
  const rows = transposed(vectors);
  const result = { ...rows, values: new Float64Array(rows.values.length) };
  order.forEach((from, i) => {
    if (values[i] !== 0) rowOf(result, i).set(rowOf(rows, from));
  });
  return result;
}

/** A row by the values that are not 0; where they are, it is 0 already. */
function divide(row: Float64Array, values: Float64Array): void {
  for (let j = 0; j < row.length; j++) if (values[j] !== 0) row[j] = (row[j] ?? 0) / (values[j] ?? 1);
}
