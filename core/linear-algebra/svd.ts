import { atOnce, type Steps } from '../steps.js';
import { dot, type Matrix, matrixOf, productSteps, rowOf, transposed } from './matrix.js';
import { triangularFactor } from './triangular-factor.js';

/** The singular value decomposition left · diag(values) · right of a matrix [m, n], with k = min(m, n). */
export interface Svd {
  /** [m, k], columns orthonormal; those of singular values that are 0 are 0. */
  readonly left: Matrix;
  /** Not negative, the greatest first. */
  readonly values: Float64Array;
  /** [k, n], rows orthonormal; those of singular values that are 0 are 0. */
  readonly right: Matrix;
}

/** Rows count as orthogonal below this cosine. */
const ORTHOGONAL = 1e-14;
/** Values below this part of the greatest are rounding. */
const NEGLIGIBLE = 1e-14;
/** A bound only: Jacobi's method converges quadratically, in about ten sweeps. */
const SWEEPS = 60;

/**
 * The singular value decomposition in float64: QR of the tall form, then one-sided Jacobi (Hestenes 1958) on the rows of R, whose
 * rotations leave σᵢ · rightᵢ in row i; no rotation has to be kept (Drmač and Veselić 2008). The signs of a pair of singular vectors are free.
 * A step takes no longer than a few passes over the matrix.
 */
export function* svd(matrix: Matrix): Steps<Svd> {
  if (matrix.rows < matrix.columns) {
    const { left, values, right } = yield* svd(transposed(matrix));
    return { left: transposed(right), values, right: transposed(left) };
  }
  const rows = yield* orthogonalRows(matrix);
  const lengths = rows.map(lengthOf);
  const order = [...lengths.keys()].sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0));
  const floor = (lengths[order[0] ?? 0] ?? 0) * NEGLIGIBLE;
  const values = Float64Array.from(order, (i) => ((lengths[i] ?? 0) > floor ? (lengths[i] ?? 0) : 0));
  const right = matrixOf(order.length, matrix.columns, new Float64Array(order.length * matrix.columns));
  order.forEach((from, i) => {
    const value = values[i] ?? 0;
    if (value > 0) rowOf(right, i).set((rows[from] ?? new Float64Array()).map((entry) => entry / value));
  });
  const left = yield* productSteps(matrix, transposed(right));
  left.values.forEach((entry, i) => {
    const value = values[i % values.length] ?? 0;
    if (value > 0) left.values[i] = entry / value;
  });
  return { left, values, right };
}

/** The singular values alone, in no order. */
export function singularValues(matrix: Matrix): number[] {
  const tall = matrix.rows < matrix.columns ? transposed(matrix) : matrix;
  return atOnce(orthogonalRows(tall)).map(lengthOf);
}

function lengthOf(row: Float64Array): number {
  return Math.sqrt(dot(row, row));
}

/** The rows of the matrix's triangular factor turned among each other until all are orthogonal. */
function* orthogonalRows(matrix: Matrix): Steps<Float64Array[]> {
  const triangle = yield* triangularFactor(matrix);
  const rows = Array.from({ length: triangle.rows }, (_, i) => rowOf(triangle, i));
  for (let sweep = 0; sweep < SWEEPS; sweep++) if (!(yield* turnAll(rows))) break;
  return rows;
}

/** A sweep over all pairs; whether any had to be turned. */
function* turnAll(rows: readonly Float64Array[]): Steps<boolean> {
  const squares = rows.map((row) => dot(row, row));
  const floor = squares.reduce((a, b) => Math.max(a, b), 0) * NEGLIGIBLE ** 2;
  let turned = false;
  for (const i of rows.keys()) {
    if (turnWithLater(rows, squares, i, floor)) turned = true;
    yield;
  }
  return turned;
}

/** Turns row i with each after it; whether any had to be. */
function turnWithLater(rows: readonly Float64Array[], squares: number[], i: number, floor: number): boolean {
  const a = rows[i] ?? new Float64Array();
  let turned = false;
  for (let j = i + 1; j < rows.length; j++) {
    const b = rows[j] ?? a;
    const [squareA, squareB] = [squares[i] ?? 0, squares[j] ?? 0];
    const overlap = dot(a, b);
    // What rounding left of a row has no direction of its own.
    if (Math.min(squareA, squareB) <= floor) continue;
    if (Math.abs(overlap) <= ORTHOGONAL * Math.sqrt(squareA * squareB)) continue;
    turned = true;
    const zeta = (squareB - squareA) / (2 * overlap);
    const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
    turn(a, b, tangent);
    squares[i] = Math.max(squareA - tangent * overlap, 0);
    squares[j] = squareB + tangent * overlap;
  }
  return turned;
}

/** Turns two rows in their plane by the angle of this tangent. */
function turn(a: Float64Array, b: Float64Array, tangent: number): void {
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = cosine * tangent;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    a[i] = cosine * x - sine * y;
    b[i] = sine * x + cosine * y;
  }
}
