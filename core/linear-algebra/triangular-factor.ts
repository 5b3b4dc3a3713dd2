import type { Steps } from '../steps.js';
import { addScaled, dot, type Matrix, matrixOf, rowOf } from './matrix.js';

/**
 * R [columns, columns] of the QR factorization by Householder's reflections (Golub and Van Loan 2013, algorithm 5.2.1). R and the matrix have the
 * same singular values and the same right singular vectors. A step is a column.
 * @param matrix - with at least as many rows as columns
 */
export function* triangularFactor({ rows, columns, values }: Matrix): Steps<Matrix> {
  const work = matrixOf(rows, columns, values);
  const along = new Float64Array(columns);
  for (let k = 0; k < Math.min(columns, rows - 1); k++) {
    reflect(work, k, along);
    yield;
  }
  return matrixOf(columns, columns, work.values.subarray(0, columns * columns));
}

/** Makes column k zero below the diagonal. */
function reflect(work: Matrix, k: number, along: Float64Array): void {
  const { rows, columns, values } = work;
  const vector = Float64Array.from({ length: rows - k }, (_, i) => values[(k + i) * columns + k] ?? 0);
  const length = Math.sqrt(dot(vector, vector));
  if (length === 0) return;
  const head = vector[0] ?? 0;
  // Away from the head, so that no digits cancel.
  const target = head > 0 ? -length : length;
  vector[0] = head - target;
  const scale = 1 / (length * (length + Math.abs(head)));
  const tail = along.subarray(0, columns - k).fill(0);
  const tailOf = (i: number): Float64Array => rowOf(work, k + i).subarray(k);
  vector.forEach((entry, i) => {
    addScaled(tail, entry, tailOf(i));
  });
  vector.forEach((entry, i) => {
    addScaled(tailOf(i), -scale * entry, tail);
  });
  vector.forEach((_, i) => {
    values[(k + i) * columns + k] = i === 0 ? target : 0;
  });
}
