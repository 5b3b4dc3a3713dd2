import type { Steps } from '../steps.js';
import { dot, type Matrix, rowOf } from './matrix.js';
import { reflect } from './reflection.js';

/** An upper bidiagonal matrix [n, n] = leftᵀ · matrix · right, with left and right orthogonal; left is not kept. */
export interface Bidiagonal {
  /** [n] */
  readonly diagonal: Float64Array;
  /** [n]: entry k is right of diagonal entry k; the last one is 0. */
  readonly above: Float64Array;
  /** Row k holds, from column k + 1 on, v of the reflection I − v·vᵀ; right is the product of them all. What is left of v is scratch. */
  readonly reflections: Matrix;
}

/** Rows go in fours, for which there are this many rows of zeros at the end. */
export const PADDING = 3;

/** What a column's two reflections do to the rows below: rows − left · across − down · rightᵀ. */
interface Update {
  /** A number for each row. */
  readonly left: Float64Array;
  readonly down: Float64Array;
  /** A number for each column. */
  readonly across: Float64Array;
  readonly right: Float64Array;
}

/**
 * The bidiagonal form by Householder's reflections (Golub and Kahan 1965). The update by one column's reflections and the product that the next
 * column's need share one pass over the matrix (Howell et al. 2008, Cache efficient bidiagonalization using BLAS 2.5 operators). A step is a column.
 * @param matrix - [m, n] with at least as many rows as columns
 */
export function* bidiagonalForm({ rows, columns, values }: Matrix): Steps<Bidiagonal> {
  const work = { rows, columns, values: new Float64Array((rows + PADDING) * columns) };
  work.values.set(values);
  const [diagonal, above] = [new Float64Array(columns), new Float64Array(columns)];
  const each = (size: number): Float64Array => new Float64Array(size);
  let last: Update = {
    left: each(rows + PADDING),
    down: each(rows + PADDING),
    across: each(columns),
    right: each(columns),
  };
  for (let k = 0; k < columns; k++) {
    const left = updatedColumn(work, k, last);
    diagonal[k] = reflect(left.subarray(k, rows));
    const across = each(columns);
    for (let i = k; i < rows; i += 4) updateRows(work, i, k + 1, last, left, across);
    const right = rowOf(work, k);
    for (let j = k + 1; j < columns; j++) right[j] = (right[j] ?? 0) - (left[k] ?? 0) * (across[j] ?? 0);
    above[k] = reflect(right.subarray(k + 1));
    last = { left, down: each(rows + PADDING), across, right };
    const overlap = dot(across.subarray(k + 1), right.subarray(k + 1));
    for (let i = k + 1; i < rows; i += 4) setDown(work, i, k + 1, last, overlap);
    yield;
  }
  return { diagonal, above, reflections: work };
}

/** Column k from row k on, after the update; zeros elsewhere. */
function updatedColumn({ rows, columns, values }: Matrix, k: number, { left, down, across, right }: Update) {
  const column = new Float64Array(left.length);
  const [y, v] = [across[k] ?? 0, right[k] ?? 0];
  for (let i = k; i < rows; i++) {
    column[i] = (values[i * columns + k] ?? 0) - (left[i] ?? 0) * y - (down[i] ?? 0) * v;
  }
  return column;
}

/** Updates four rows from column `first` on, and adds their part to across = nextᵀ · rows. */
function updateRows(
  { columns, values }: Matrix,
  i: number,
  first: number,
  last: Update,
  next: Float64Array,
  across: Float64Array,
): void {
  const [y, v] = [last.across, last.right];
  const [o0, o1, o2, o3] = [i * columns, (i + 1) * columns, (i + 2) * columns, (i + 3) * columns];
  const [l0, l1, l2, l3] = four(last.left, i);
  const [d0, d1, d2, d3] = four(last.down, i);
  const [n0, n1, n2, n3] = four(next, i);
  for (let j = first; j < columns; j++) {
    const yj = y[j] ?? 0;
    const vj = v[j] ?? 0;
    const a0 = (values[o0 + j] ?? 0) - l0 * yj - d0 * vj;
    const a1 = (values[o1 + j] ?? 0) - l1 * yj - d1 * vj;
    const a2 = (values[o2 + j] ?? 0) - l2 * yj - d2 * vj;
    const a3 = (values[o3 + j] ?? 0) - l3 * yj - d3 * vj;
    values[o0 + j] = a0;
    values[o1 + j] = a1;
    values[o2 + j] = a2;
    values[o3 + j] = a3;
    across[j] = (across[j] ?? 0) + (n0 * a0 + n1 * a1 + (n2 * a2 + n3 * a3));
  }
}

/** down = rows · right − left · overlap, with overlap = across · right, for four rows. */
function setDown(
  { columns, values }: Matrix,
  i: number,
  first: number,
  { left, down, right }: Update,
  overlap: number,
): void {
  const [o0, o1, o2, o3] = [i * columns, (i + 1) * columns, (i + 2) * columns, (i + 3) * columns];
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let j = first; j < columns; j++) {
    const v = right[j] ?? 0;
    s0 += (values[o0 + j] ?? 0) * v;
    s1 += (values[o1 + j] ?? 0) * v;
    s2 += (values[o2 + j] ?? 0) * v;
    s3 += (values[o3 + j] ?? 0) * v;
  }
  const [l0, l1, l2, l3] = four(left, i);
  down[i] = s0 - l0 * overlap;
  down[i + 1] = s1 - l1 * overlap;
  down[i + 2] = s2 - l2 * overlap;
  down[i + 3] = s3 - l3 * overlap;
}

function four(from: Float64Array, i: number): readonly [number, number, number, number] {
  return [from[i] ?? 0, from[i + 1] ?? 0, from[i + 2] ?? 0, from[i + 3] ?? 0];
}
