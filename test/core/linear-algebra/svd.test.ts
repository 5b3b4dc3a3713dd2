import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankOfEnergy, truncated } from '../../../core/compression/factorization/low-rank.js';
import { bidiagonalForm } from '../../../core/linear-algebra/bidiagonal.js';
import { diagonalForm } from '../../../core/linear-algebra/diagonal-form.js';
import { type Matrix, matrixOf, timesTransposed, transposed } from '../../../core/linear-algebra/matrix.js';
import { rightFactor } from '../../../core/linear-algebra/right-factor.js';
import { rotatorOf } from '../../../core/linear-algebra/rotations.js';
import { singularValues, svd } from '../../../core/linear-algebra/svd.js';
import { createRandom } from '../../../core/random.js';
import { atOnce, type Steps } from '../../../core/steps.js';
import { multiplied, product } from '../../support/matrices.js';

function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  const random = createRandom(seed);
  return matrixOf(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => random.next() * 2 - 1),
  );
}

function distance(a: Float64Array, b: ArrayLike<number>): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

const identity = (size: number): Float64Array =>
  Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
const energy = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

const dimension = fc.integer({ min: 1, max: 12 });
const shape = fc.tuple(dimension, dimension, fc.nat(10_000));

/** A product of random reflections: orthogonal. */
function orthogonal(size: number, seed: number): Matrix {
  return [seed, seed + 1, seed + 2].map((of) => reflection(size, of)).reduce(product);
}

function reflection(size: number, seed: number): Matrix {
  const { values } = randomMatrix(1, size, seed);
  const square = energy(values);
  const entry = (i: number, j: number): number => (2 * (values[i] ?? 0) * (values[j] ?? 0)) / square;
  const entries = identity(size).map((one, at) => one - entry(Math.floor(at / size), at % size));
  return matrixOf(size, size, entries);
}

/** A matrix with these singular values. */
function withValues(rows: number, columns: number, values: readonly number[], seed: number): Matrix {
  const middle = matrixOf(rows, columns, new Float64Array(rows * columns));
  values.slice(0, Math.min(rows, columns)).forEach((value, i) => {
    middle.values[i * columns + i] = value;
  });
  return product(product(orthogonal(rows, seed), middle), orthogonal(columns, seed + 7));
}

const inFloat32 = ({ rows, columns, values }: Matrix): Matrix => matrixOf(rows, columns, Float32Array.from(values));

/** What weights may look like: dense; of low rank; with rows and columns of zeros; with values from 1 down to 1e-8; with equal values. */
const weights: fc.Arbitrary<Matrix> = fc
  .tuple(shape, fc.nat(4), dimension, fc.integer({ min: -30, max: 30 }))
  .map(([[rows, columns, seed], kind, rank, exponent]) => {
    const k = Math.min(rows, columns);
    const graded = Array.from({ length: k }, (_, i) => 10 ** ((-8 * i) / Math.max(k - 1, 1)));
    const random = randomMatrix(rows, columns, seed);
    const matrices: readonly (() => Matrix)[] = [
      () => random,
      () => product(randomMatrix(rows, rank, seed), randomMatrix(rank, columns, seed + 1)),
      () =>
        matrixOf(
          rows,
          columns,
          random.values.map((value, at) => (at % columns < rank && Math.floor(at / columns) % 3 < 2 ? value : 0)),
        ),
      () => withValues(rows, columns, graded, seed),
      () => withValues(rows, columns, new Array<number>(rank).fill(1), seed),
    ];
    const { values } = (matrices[kind] ?? (() => random))();
    return inFloat32(
      matrixOf(
        rows,
        columns,
        values.map((value) => value * 10 ** exponent),
      ),
    );
  });

/** How far a product of vectors is from the identity, but for the zeros of values that are zero. */
function overlap(gram: Matrix, values: Float64Array, weight: (i: number, j: number) => number = () => 1): number {
  const size = values.length;
  return gram.values.reduce((most, found, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    const expected = i === j && (values[i] ?? 0) > 0 ? 1 : 0;
    return Math.max(most, Math.abs(found - expected) * weight(i, j));
  }, 0);
}

describe('svd', () => {
  it('given weights of any kind, tall or wide, then the product is the matrix', () => {
    fc.assert(
      fc.property(weights, (matrix) => {
        const decomposed = atOnce(svd(matrix));
        const full = multiplied(truncated(decomposed, decomposed.values.length));
        const greatest = matrix.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expect(distance(full, matrix.values)).toBeLessThanOrEqual(1e-12 * greatest);
      }),
      { numRuns: 500 },
    );
  });

  it('given weights of any kind, then the values descend, none below zero, and the energy is that of the matrix', () => {
    fc.assert(
      fc.property(weights, (matrix) => {
        const { values } = atOnce(svd(matrix));
        expect(values).toHaveLength(Math.min(matrix.rows, matrix.columns));
        expect([...values].sort((a, b) => b - a)).toEqual([...values]);
        expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
        const total = energy(matrix.values);
        expect(Math.abs(energy(values) - total)).toBeLessThanOrEqual(1e-13 * total);
      }),
      { numRuns: 500 },
    );
  });

  it('given weights of any kind, then the vectors are orthonormal, those of the larger side as far as their value is above rounding', () => {
    fc.assert(
      fc.property(weights, (matrix) => {
        const { left, values, right } = atOnce(svd(matrix));
        const [ofLeft, ofRight] = [product(transposed(left), left), product(right, transposed(right))];
        const [smaller, larger] = matrix.rows < matrix.columns ? [ofLeft, ofRight] : [ofRight, ofLeft];
        expect(overlap(smaller, values)).toBeLessThan(1e-13);
        const part = (i: number): number => (values[i] ?? 0) / (values[0] ?? 1);
        expect(overlap(larger, values, (i, j) => Math.min(part(i), part(j)) || 1)).toBeLessThan(1e-13);
      }),
      { numRuns: 500 },
    );
  });

  it('given weights of any kind, then their transpose has the same values, with left for right', () => {
    fc.assert(
      fc.property(weights, (matrix) => {
        const [one, other] = [atOnce(svd(matrix)), atOnce(svd(transposed(matrix)))];
        const greatest = one.values[0] ?? 0;
        expect(distance(one.values, other.values)).toBeLessThanOrEqual(1e-13 * greatest);
        expect([other.left.rows, other.right.columns]).toEqual([one.right.columns, one.left.rows]);
      }),
    );
  });

  it('given weights of any kind, then the values alone are the same', () => {
    fc.assert(
      fc.property(weights, (matrix) => {
        const { values } = atOnce(svd(matrix));
        const alone = [...singularValues(matrix)].sort((a, b) => b - a);
        expect(distance(values, alone)).toBeLessThanOrEqual(1e-13 * (values[0] ?? 0));
      }),
    );
  });

  it('given a matrix twice, then both results are the same bit for bit', () => {
    const [once, again] = [1, 1].map((seed) => atOnce(svd(randomMatrix(30, 20, seed))));
    expect(again).toEqual(once);
  });

  it('given a matrix, then no step of its parts is more than a few passes over it', () => {
    const matrix = randomMatrix(30, 20, 1);
    const bidiagonal = atOnce(bidiagonalForm(matrix));
    const rotator = rotatorOf(atOnce(rightFactor(bidiagonal)));
    const count = (steps: Steps<unknown>): number => [...steps].length;
    expect(count(bidiagonalForm(matrix))).toBe(20);
    expect(count(rightFactor(bidiagonal))).toBe(20 / 4);
    expect(count(diagonalForm(bidiagonal))).toBeGreaterThan(20);
    expect(count(rotator.finish())).toBe(20 / 4);
    expect(count(timesTransposed(matrix, matrix))).toBe(30 / 2);
    expect(count(svd(matrix))).toBeGreaterThan(20 + 20 / 4 + 20 + 20 / 4 + 30 / 2);
  });

  it('given a rank, then what is lost is the energy of the values left out', () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 1, max: 12 }), ([rows, columns, seed], rank) => {
        const matrix = randomMatrix(rows, columns, seed);
        const decomposed = atOnce(svd(matrix));
        const found = multiplied(truncated(decomposed, rank));
        const lost = energy(matrix.values.map((value, i) => value - (found[i] ?? 0)));
        expect(lost).toBeCloseTo(energy(decomposed.values.slice(rank)), 9);
      }),
    );
  });

  it('given a matrix of low rank, then the other values are zero and the product is exact', () => {
    const matrix = product(randomMatrix(40, 3, 1), randomMatrix(3, 25, 2));
    const decomposed = atOnce(svd(matrix));
    expect([...decomposed.values].filter((value) => value > 0)).toHaveLength(3);
    expect(distance(multiplied(truncated(decomposed, 3)), matrix.values)).toBeLessThan(1e-12);
  });

  it('given values that are known, then they are found', () => {
    // A Hilbert matrix of 5: from very large to very small.
    const hilbert = matrixOf(
      5,
      5,
      Float64Array.from({ length: 25 }, (_, i) => 1 / (Math.floor(i / 5) + (i % 5) + 1)),
    );
    const known = [1.567050691098231, 0.208534218611013, 0.011407491623419, 0.000305898040151, 0.000003287928772];
    atOnce(svd(hilbert)).values.forEach((value, i) => {
      expect(value).toBeCloseTo(known[i] ?? 0, 12);
    });
    expect([...atOnce(svd(matrixOf(2, 3, new Float64Array(6)))).values]).toEqual([0, 0]);
  });

  it('given values from 1 down to 1e-8, then they are found up to rounding of the greatest', () => {
    const known = Array.from({ length: 9 }, (_, i) => 10 ** -i);
    expect(distance(atOnce(svd(withValues(14, 9, known, 5))).values, known)).toBeLessThan(1e-15);
  });

  it('given bidiagonal matrices with zeros on the diagonal, then one value is zero, however many they are', () => {
    const size = 6;
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(size - 1)), (places) => {
        const values = identity(size).map((one, at) => {
          if (at % (size + 1) === 1) return 1;
          return one > 0 && places.includes(at % size) ? 0 : one;
        });
        const found = atOnce(svd(matrixOf(size, size, values)));
        // The ones above the diagonal alone have a rank of size − 1.
        expect(found.values.filter((value) => value > 0)).toHaveLength(places.length > 0 ? size - 1 : size);
        expect(distance(multiplied(truncated(found, size)), values)).toBeLessThan(1e-14);
      }),
    );
  });

  it('given a number that is none, then the values are none, and no sweep is tried', () => {
    const matrix = randomMatrix(12, 8, 1);
    matrix.values[17] = Number.NaN;
    expect([...atOnce(svd(matrix)).values].some(Number.isNaN)).toBe(true);
    expect([...diagonalForm(atOnce(bidiagonalForm(matrix)))]).toHaveLength(0);
  });

  it('given 784 × 300, whose rotations are more than wait together, then they are all applied, and once', () => {
    const matrix = randomMatrix(784, 300, 3);
    const { left, values, right } = atOnce(svd(matrix));
    expect(distance(multiplied(truncated({ left, values, right }, 300)), matrix.values)).toBeLessThan(1e-11);
    expect(overlap(product(right, transposed(right)), values)).toBeLessThan(1e-12);
    expect(overlap(product(transposed(left), left), values)).toBeLessThan(1e-12);
  });
});

describe('rankOfEnergy', () => {
  it('given a fraction, then it is the smallest rank that has it', () => {
    const values = Float64Array.of(3, 2, 1, 0);
    expect([0.1, 9 / 14, 0.65, 13 / 14, 0.95, 1].map((fraction) => rankOfEnergy(values, fraction))).toEqual([
      1, 1, 2, 2, 3, 3,
    ]);
  });
});
