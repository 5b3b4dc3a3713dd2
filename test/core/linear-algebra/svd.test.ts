import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multiplied, rankOfEnergy, truncated } from '../../../core/compression/factorization/low-rank.js';
import { type Matrix, matrixOf, product, transposed } from '../../../core/linear-algebra/matrix.js';
import { svd } from '../../../core/linear-algebra/svd.js';
import { createRandom } from '../../../core/random.js';
import { atOnce } from '../../../core/steps.js';

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

const shape = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), fc.nat(10_000));

describe('svd', () => {
  it('given random matrices, tall or wide, then the vectors are orthonormal, the values descend, and the product is the matrix', () => {
    fc.assert(
      fc.property(shape, ([rows, columns, seed]) => {
        const matrix = randomMatrix(rows, columns, seed);
        const { left, values, right } = atOnce(svd(matrix));
        const k = Math.min(rows, columns);
        expect(distance(product(right, transposed(right)).values, identity(k))).toBeLessThan(1e-9);
        expect(distance(product(transposed(left), left).values, identity(k))).toBeLessThan(1e-6);
        expect([...values].sort((a, b) => b - a)).toEqual([...values]);
        expect(distance(multiplied(truncated({ left, values, right }, k)), matrix.values)).toBeLessThan(1e-12);
      }),
    );
  });

  it('given a matrix, then no step of it is more than a pass over its rows', () => {
    // A column of QR, a row of each sweep, and a row of the product are a step each.
    expect([...svd(randomMatrix(30, 20, 1))].length).toBeGreaterThan(30 + 2 * 20);
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

  it('given 784 × 300, then it takes a few seconds at the most', () => {
    const matrix = randomMatrix(784, 300, 3);
    const start = process.cpuUsage();
    const decomposed = atOnce(svd(matrix));
    expect(process.cpuUsage(start).user).toBeLessThan(6e6);
    expect(distance(multiplied(truncated(decomposed, 300)), matrix.values)).toBeLessThan(1e-11);
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
