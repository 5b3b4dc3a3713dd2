/** The distance from 1 to the next float32. */
const FLOAT32_EPSILON = 2 ** -23;
const MOST_SWEEPS = 60;

/**
 * Rank of a row-major matrix of float32 as numpy and torch count it: singular values above the largest · max(rows, columns) · ε of float32.
 * The singular values themselves are computed in float64.
 */
export function matrixRank(values: ArrayLike<number>, rows: number, columns: number): number {
  const singular = singularValues(values, rows, columns);
  const tolerance = Math.max(0, ...singular) * Math.max(rows, columns) * FLOAT32_EPSILON;
  return singular.filter((value) => value > tolerance).length;
}

/** Singular values of a row-major matrix, in no order: norms of its shorter side's vectors, once rotations have made them orthogonal (Hestenes 1958). */
export function singularValues(values: ArrayLike<number>, rows: number, columns: number): number[] {
  const isTall = rows >= columns;
  const [count, length] = isTall ? [columns, rows] : [rows, columns];
  const vectors = Array.from({ length: count }, (_, k) =>
    Float64Array.from({ length }, (_each, i) => values[isTall ? i * columns + k : k * columns + i] ?? 0),
  );
  for (let sweep = 0; sweep < MOST_SWEEPS && rotateAll(vectors); sweep++);
  return vectors.map((vector) => Math.sqrt(dot(vector, vector)));
}

/** One sweep over all pairs; whether any of them was not orthogonal. */
function rotateAll(vectors: readonly Float64Array[]): boolean {
  let isRotated = false;
  vectors.forEach((a, i) => {
    for (const b of vectors.slice(i + 1)) isRotated = rotate(a, b) || isRotated;
  });
  return isRotated;
}

/** Rotates two vectors in their plane so that they are orthogonal; whether they were not. */
function rotate(a: Float64Array, b: Float64Array): boolean {
  const [alpha, beta, gamma] = [dot(a, a), dot(b, b), dot(a, b)];
  if (Math.abs(gamma) <= Number.EPSILON * Math.sqrt(alpha * beta)) return false;
  const zeta = (beta - alpha) / (2 * gamma);
  const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = cosine * tangent;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    a[i] = cosine * x - sine * y;
    b[i] = sine * x + cosine * y;
  }
  return true;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
