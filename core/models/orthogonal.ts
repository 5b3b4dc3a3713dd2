import { dot } from '../linear-algebra/matrix.js';

/**
 * A [rows, columns] matrix, row-major, whose columns are orthonormal, or its rows where those are fewer (Saxe et al. 2013). As in Keras it
 * is Q of the QR factorisation of a normal matrix, with the signs that make the diagonal of R positive; so it is uniform.
 * @param normal - draws from the standard normal distribution
 */
export function orthogonal(rows: number, columns: number, normal: () => number): Float64Array {
  const long = Math.max(rows, columns);
  const short = Math.min(rows, columns);
  const vectors = Array.from({ length: short }, () => new Float64Array(long));
  for (let i = 0; i < long; i++) for (const vector of vectors) vector[i] = normal();
  vectors.forEach((vector, i) => {
    // The second pass takes off what rounding left of the first.
    for (let pass = 0; pass < 2; pass++) for (const other of vectors.slice(0, i)) subtractProjection(vector, other);
    // Gram and Schmidt's lengths are the diagonal of R, so that no sign is left to mend.
    const length = Math.sqrt(dot(vector, vector));
    for (let j = 0; j < long; j++) vector[j] = (vector[j] ?? 0) / length;
  });
  const at = rows >= columns ? (r: number, c: number) => vectors[c]?.[r] : (r: number, c: number) => vectors[r]?.[c];
  return Float64Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns) ?? 0);
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  const along = dot(vector, unit);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) - along * (unit[i] ?? 0);
}
