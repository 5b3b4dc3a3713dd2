import type { Steps } from '../steps.js';
import { type Bidiagonal, PADDING } from './bidiagonal.js';
import type { Matrix } from './matrix.js';

/**
 * The product [n, n] of the reflections of a bidiagonal form, with rows of zeros at its end. Four columns are a step: each begins as the
 * identity's, and stays in the cache while the reflections pass.
 */
export function* rightFactor({ reflections }: Bidiagonal): Steps<Matrix> {
  const size = reflections.columns;
  const factor = { rows: size, columns: size, values: new Float64Array((size + PADDING) * size) };
  for (let first = 0; first < size; first += 4) {
    const column = (of: number): Float64Array => new Float64Array(size).fill(1, first + of, first + of + 1);
    const columns: Four = [column(0), column(1), column(2), column(3)];
    // Reflection k leaves what is zero from k + 1 on as it is.
    for (let k = Math.min(first + 2, size - 2); k >= 0; k--) reflectFour(reflections, k, columns);
    columns.slice(0, size - first).forEach((entries, of) => {
      for (let i = 0; i < size; i++) factor.values[i * size + first + of] = entries[i] ?? 0;
    });
    yield;
  }
  return factor;
}

type Four = readonly [Float64Array, Float64Array, Float64Array, Float64Array];

/** Four vectors, each less v · (v · vector). */
function reflectFour({ columns, values }: Matrix, k: number, [a, b, c, d]: Four): void {
  const row = k * columns;
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let j = k + 1; j < columns; j++) {
    const v = values[row + j] ?? 0;
    s0 += v * (a[j] ?? 0);
    s1 += v * (b[j] ?? 0);
    s2 += v * (c[j] ?? 0);
    s3 += v * (d[j] ?? 0);
  }
  for (let j = k + 1; j < columns; j++) {
    const v = values[row + j] ?? 0;
    a[j] = (a[j] ?? 0) - s0 * v;
    b[j] = (b[j] ?? 0) - s1 * v;
    c[j] = (c[j] ?? 0) - s2 * v;
    d[j] = (d[j] ?? 0) - s3 * v;
  }
}
