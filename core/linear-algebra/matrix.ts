import type { Steps } from '../steps.js';

/** A row-major matrix in float64. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** Rows and columns that go together, so that they stay in the cache. */
const BLOCK = 32;

/** The matrix of row-major values. */
export function matrixOf(rows: number, columns: number, values: ArrayLike<number>): Matrix {
  return { rows, columns, values: Float64Array.from(values) };
}

/** Row i, in place. */
export function rowOf({ columns, values }: Matrix, i: number): Float64Array {
  return values.subarray(i * columns, (i + 1) * columns);
}

/** The matrix with rows for columns, block by block. */
export function transposed({ rows, columns, values }: Matrix): Matrix {
  const turned = new Float64Array(rows * columns);
  for (let top = 0; top < rows; top += BLOCK) {
    const bottom = Math.min(top + BLOCK, rows);
    for (let j = 0; j < columns; j++) {
      for (let i = top; i < bottom; i++) turned[j * rows + i] = values[i * columns + j] ?? 0;
    }
  }
  return { rows: columns, columns: rows, values: turned };
}

/** Σ aᵢbᵢ. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** left [m, k] · rightᵀ of right [n, k]: the dot products of their rows, 2 rows of the left and 32 of the right a step. */
export function* timesTransposed(left: Matrix, right: Matrix): Steps<Matrix> {
  const result = { rows: left.rows, columns: right.rows, values: new Float64Array(left.rows * right.rows) };
  for (let block = 0; block < right.rows; block += BLOCK) {
    const end = Math.min(block + BLOCK, right.rows);
    for (let i = 0; i < left.rows; i += 2) {
      for (let j = block; j < end; j += 4) setDots(result, left, right, i, j);
      yield;
    }
  }
  return result;
}

/** The dot products of two rows from i with four from j: each number that is loaded serves several. In place of rows beyond the last, it comes again. */
function setDots(result: Matrix, left: Matrix, right: Matrix, i: number, j: number): void {
  const [a, b, size, columns] = [left.values, right.values, left.columns, right.rows];
  const below = Math.min(i + 1, left.rows - 1);
  const j1 = Math.min(j + 1, columns - 1);
  const j2 = Math.min(j + 2, columns - 1);
  const j3 = Math.min(j + 3, columns - 1);
  const [p, q, r0, r1, r2, r3] = [i * size, below * size, j * size, j1 * size, j2 * size, j3 * size];
  let [p0, p1, p2, p3, q0, q1, q2, q3] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = 0; k < size; k++) {
    const x = a[p + k] ?? 0;
    const y = a[q + k] ?? 0;
    const b0 = b[r0 + k] ?? 0;
    const b1 = b[r1 + k] ?? 0;
    const b2 = b[r2 + k] ?? 0;
    const b3 = b[r3 + k] ?? 0;
    p0 += x * b0;
    p1 += x * b1;
    p2 += x * b2;
    p3 += x * b3;
    q0 += y * b0;
    q1 += y * b1;
    q2 += y * b2;
    q3 += y * b3;
  }
  const [above, under] = [i * columns, below * columns];
  result.values[above + j] = p0;
  result.values[above + j1] = p1;
  result.values[above + j2] = p2;
  result.values[above + j3] = p3;
  result.values[under + j] = q0;
  result.values[under + j1] = q1;
  result.values[under + j2] = q2;
  result.values[under + j3] = q3;
}
