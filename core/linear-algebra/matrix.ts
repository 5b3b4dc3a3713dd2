import { atOnce, type Steps } from '../steps.js';

/** A row-major matrix in float64. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** The matrix of row-major values. */
export function matrixOf(rows: number, columns: number, values: ArrayLike<number>): Matrix {
  return { rows, columns, values: Float64Array.from(values) };
}

/** Row i, in place. */
export function rowOf({ columns, values }: Matrix, i: number): Float64Array {
  return values.subarray(i * columns, (i + 1) * columns);
}

/** The matrix with rows for columns. */
export function transposed({ rows, columns, values }: Matrix): Matrix {
  const turned = new Float64Array(values.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) turned[j * rows + i] = values[i * columns + j] ?? 0;
  return { rows: columns, columns: rows, values: turned };
}

/** left · right. */
export function product(left: Matrix, right: Matrix): Matrix {
  return atOnce(productSteps(left, right));
}

/** left · right, row by row. */
export function* productSteps(left: Matrix, right: Matrix): Steps<Matrix> {
  const result = matrixOf(left.rows, right.columns, new Float64Array(left.rows * right.columns));
  for (let i = 0; i < left.rows; i++) {
    setProductRow(rowOf(result, i), rowOf(left, i), right);
    yield;
  }
  return result;
}

function setProductRow(result: Float64Array, left: Float64Array, right: Matrix): void {
  for (let k = 0; k < left.length; k++) addScaled(result, left[k] ?? 0, rowOf(right, k));
}

/** Σ aᵢbᵢ. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** to += factor · from. */
export function addScaled(to: Float64Array, factor: number, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] ?? 0) + factor * (from[i] ?? 0);
}
