import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrixOf } from '../../../../core/linear-algebra/matrix.js';
import { singularValues } from '../../../../core/linear-algebra/svd.js';
import {
  CRITERIA,
  type Evidence,
  meanRanks,
  type ScoredKernel,
  unitScores,
  weightScores,
} from '../../../../core/pruning/criteria/index.js';
import { lamp } from '../../../../core/pruning/criteria/lamp.js';
import { matrixRank } from '../../../../core/pruning/criteria/matrix-rank.js';
import { inverseFisherDiagonal } from '../../../../core/pruning/criteria/woodfisher.js';
import { createRandom } from '../../../../core/random.js';
import type { Settings } from '../../../../core/registry/index.js';
import { evidenceOf } from '../../../support/evidence.js';

/** Two inputs, three units. */
const KERNEL: ScoredKernel = {
  layer: 'd',
  weight: 'd/kernel',
  shape: [2, 3],
  axes: [{ role: 'in' }, { role: 'out' }],
  values: Float32Array.of(3, -1, 0, -4, 2, 5),
};
const LAYER = { layer: 'd', units: 3, kernels: [KERNEL] };
const GRADIENTS = new Map([['d/kernel', Float32Array.of(1, 2, 3, -1, 0.5, -2)]]);

function weights(name: string, evidence: Partial<Evidence> = {}, settings: Settings = {}): number[] {
  return [...weightScores(CRITERIA.get(name), KERNEL, evidenceOf(evidence), settings)];
}

function units(name: string, evidence: Partial<Evidence> = {}, settings: Settings = {}): number[] {
  return [...unitScores(CRITERIA.get(name), LAYER, evidenceOf(evidence), settings)];
}

describe('formulas', () => {
  it('given weights, then norms are those of a unit', () => {
    expect(weights('magnitude')).toEqual([3, 1, 0, 4, 2, 5]);
    expect(units('magnitude')).toEqual([7, 3, 5]);
    expect(units('l1')).toEqual([7, 3, 5]);
    expect(units('l2')).toEqual([5, Math.sqrt(5), 5].map(Math.fround));
    expect(units('lp', {}, { p: 3 })).toEqual([91 ** (1 / 3), 9 ** (1 / 3), 5].map(Math.fround));
  });

  it('given gradients, then Taylor squares the sum over the unit and SNIP adds absolute values', () => {
    const evidence = { gradients: () => GRADIENTS };
    expect(weights('taylor', evidence)).toEqual([9, 4, 0, 16, 1, 100]);
    expect(units('taylor', evidence)).toEqual([49, 1, 100]);
    expect(weights('snip', evidence)).toEqual([3, 2, 0, 4, 1, 10]);
    expect(units('snip', evidence)).toEqual([7, 3, 10]);
  });

  it('given the temperature of the paper’s code, then GraSP asks for it and keeps the sign', () => {
    const asked: number[] = [];
    const hessianGradient = (temperature: number) => {
      asked.push(temperature);
      return GRADIENTS;
    };
    expect(weights('grasp', { hessianGradient }, { temperature: 200 })).toEqual([3, -2, 0, 4, 1, -10]);
    expect(asked).toEqual([200]);
  });

  it('given norms of inputs, then Wanda multiplies each row of weights with its own', () => {
    const inputNorms = () => new Map([['d/kernel', Float32Array.of(2, 10)]]);
    expect(weights('wanda', { inputNorms })).toEqual([6, 2, 0, 40, 20, 50]);
  });

  it('given equal weights, then LAMP counts all of them, and zero scores zero', () => {
    expect([...lamp(Float32Array.of(1, -1, 2, 0))]).toEqual([1 / 6, 1 / 6, 1, 0].map(Math.fround));
    expect([...lamp(new Float32Array(3))]).toEqual([0, 0, 0]);
  });

  it('given any weights, then LAMP is its definition', () => {
    const small = fc.integer({ min: -4, max: 4 });
    fc.assert(
      fc.property(fc.array(small, { minLength: 1, maxLength: 30 }), (values) => {
        lamp(Float32Array.from(values)).forEach((score, i) => {
          const own = values[i] ?? 0;
          const others = values.filter((value) => Math.abs(value) >= Math.abs(own));
          const sum = others.reduce((total, value) => total + value ** 2, 0);
          expect(score).toBeCloseTo(own === 0 ? 0 : own ** 2 / sum, 6);
        });
      }),
    );
  });

  it('given units that are nearly equal, then FPGM does not lose their distance', () => {
    const values = Float32Array.of(1000, 1000.0001, 1000);
    const kernel = { ...KERNEL, shape: [1, 3], values };
    const scores = unitScores(CRITERIA.get('fpgm'), { ...LAYER, kernels: [kernel] }, evidenceOf({}), {});
    const distance = (values[1] ?? 0) - 1000;
    expect([...scores]).toEqual([distance, 2 * distance, distance].map(Math.fround));
  });

  it('given gradients of examples, then OBD takes the mean of their squares', () => {
    const exampleGradients = () => ({ examples: 2, values: Float32Array.of(1, 0, 2, 1, 0, 1, 3, 2, 0, 1, 0, 1) });
    expect(weights('obd', { exampleGradients }, { examples: 2 })).toEqual([22.5, 1, 0, 8, 0, 12.5]);
  });

  it('given blocks of one weight, then WoodFisher is OBD with damping', () => {
    const values = Float32Array.of(1, 0, 2, 1, 0, 1, 3, 2, 0, 1, 0, 1);
    const fisher = [5, 2, 2, 1, 0, 1];
    const found = inverseFisherDiagonal(values, 2, 1, 0.5);
    fisher.forEach((own, i) => {
      expect(found[i]).toBeCloseTo(1 / (own + 0.5), 12);
    });
  });

  it('given a block, then the diagonal is that of the inverse', () => {
    // Two weights with F = [[a, b], [b, c]] have the inverse [[c, −b], [−b, a]] / (ac − b²).
    const gradients = Float32Array.of(1, 2, -1, 0.5, 3, 1);
    const [a, b, c] = [11 / 3 + 0.1, 4.5 / 3, 5.25 / 3 + 0.1];
    const found = inverseFisherDiagonal(gradients, 3, 2, 0.1);
    expect(found[0]).toBeCloseTo(c / (a * c - b * b), 10);
    expect(found[1]).toBeCloseTo(a / (a * c - b * b), 10);
  });

  it('given a kernel that is no whole number of blocks, then its last block is smaller', () => {
    const random = createRandom(4);
    const gradients = Float32Array.from({ length: 5 * 7 }, () => random.next() - 0.5);
    const last = Float32Array.from({ length: 5 }, (_, row) => gradients[row * 7 + 6] ?? 0);
    expect(inverseFisherDiagonal(gradients, 5, 3, 0.01)[6]).toBe(inverseFisherDiagonal(last, 5, 1, 0.01)[0]);
  });
});

describe('the rank of a matrix', () => {
  it.each([
    ['zeros', [0, 0, 0, 0], 2, 2, 0],
    ['a column', [0, 2, 0], 3, 1, 1],
    ['a row', [1, 2, 3], 1, 3, 1],
    ['multiples of a row', [0.1, 0.2, 0.3, 0.3, 0.6, 0.9], 2, 3, 1],
    ['the identity', [1, 0, 0, 0, 1, 0, 0, 0, 1], 3, 3, 3],
    ['a row that differs by less than float32 tells', [1, 1, 1, 1 + 1e-7], 2, 2, 1],
    ['a row that differs by more', [1, 1, 1, 1 + 1e-5], 2, 2, 2],
  ])('given %s, then it is what numpy says', (_, values, rows, columns, rank) => {
    expect(matrixRank(Float32Array.from(values), rows, columns)).toBe(rank);
  });

  it('given products of thin matrices, then it is their thickness', () => {
    const size = fc.integer({ min: 1, max: 8 });
    fc.assert(
      fc.property(size, size, size, fc.integer({ min: 1, max: 1e6 }), (rows, inner, columns, seed) => {
        const random = createRandom(seed);
        const [a, b] = [rows * inner, inner * columns].map((length) =>
          Float64Array.from({ length }, () => Math.round(random.next() * 16 - 8)),
        );
        const product = Float32Array.from({ length: rows * columns }, (_, i) => {
          const [row, column] = [Math.floor(i / columns), i % columns];
          let sum = 0;
          for (let k = 0; k < inner; k++) sum += (a?.[row * inner + k] ?? 0) * (b?.[k * columns + column] ?? 0);
          return sum;
        });
        const rank = matrixRank(product, rows, columns);
        expect(rank).toBeLessThanOrEqual(Math.min(rows, inner, columns));
        const singular = singularValues(matrixOf(rows, columns, product));
        expect(Math.hypot(...singular)).toBeCloseTo(Math.hypot(...product), 6);
      }),
    );
  });

  it('given maps of one axis or none, then their rank is 0 or 1', () => {
    expect([...meanRanks(Float32Array.of(0, 1, 0, 2, 0, 0, 3, 0), [2, 2, 2])]).toEqual([0.5, 0.5]);
    expect([...meanRanks(Float32Array.of(0, 1, 0, 0, 5, 0), [3, 2])]).toEqual([1 / 3, 1 / 3].map(Math.fround));
  });
});
