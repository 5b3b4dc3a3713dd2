import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  crowdingDistances,
  dominates,
  frontHypervolume,
  frontOf,
  hypervolume,
  paretoRanks,
} from '../../../core/evaluation/pareto/index.js';
import type { Objective } from '../../../core/sweep/spec.js';
import { frontPoint } from '../../support/front-points.js';

const OBJECTIVES: readonly Objective[] = [{ maximize: 'accuracy' }, { minimize: 'bytesGzip' }];

/** Points on a coarse grid, so that ties and equal points come up. */
const points = (dimensions: number) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: dimensions, maxLength: dimensions }), {
    maxLength: 12,
  });

describe('ranks', () => {
  it('given any points, then rank 0 is what nothing dominates and every other one is dominated by the rank before', () => {
    fc.assert(
      fc.property(points(3), (all) => {
        const ranks = paretoRanks(all);
        all.forEach((point, i) => {
          const by = all.flatMap((other, j) => (dominates(other, point) ? [ranks[j] ?? 0] : []));
          expect(ranks[i]).toBe(by.length === 0 ? 0 : Math.max(...by) + 1);
        });
      }),
    );
  });

  it('given equal points, then they share a rank', () => {
    expect(
      paretoRanks([
        [1, 1],
        [1, 1],
        [2, 2],
      ]),
    ).toEqual([0, 0, 1]);
  });
});

describe('crowding', () => {
  it('given a constant axis, then the other one alone decides', () => {
    expect(
      crowdingDistances([
        [0, 7],
        [1, 7],
        [4, 7],
      ]),
    ).toEqual([Infinity, 0.5, Infinity]);
  });

  it('given two points or fewer, then nothing crowds them', () => {
    expect(crowdingDistances([[1, 2]])).toEqual([Infinity]);
    expect(
      crowdingDistances([
        [1, 2],
        [1, 2],
      ]),
    ).toEqual([Infinity, Infinity]);
  });
});

describe('hypervolume', () => {
  it.each([1, 2, 3, 4])(
    'given grid points in %i dimensions, then it equals the count of dominated cells',
    (dimensions) => {
      fc.assert(
        fc.property(points(dimensions), (all) => {
          const side = 5;
          let cells = 0;
          for (let cell = 0; cell < side ** dimensions; cell++) {
            const corner = Array.from({ length: dimensions }, (_, axis) => Math.floor(cell / side ** axis) % side);
            if (all.some((point) => point.every((value, axis) => value <= (corner[axis] ?? 0)))) cells++;
          }
          expect(
            hypervolume(
              all,
              Array.from({ length: dimensions }, () => side),
            ),
          ).toBe(cells);
        }),
        { numRuns: 60 },
      );
    },
  );

  it.each(['r2', 'psnr', 'mse', 'mae'] as const)(
    'given an objective of %s, then the dense model saves nothing, and what is better and smaller saves more',
    (name) => {
      const isError = name === 'mse' || name === 'mae';
      const objectives: Objective[] = [isError ? { minimize: name } : { maximize: name }, { minimize: 'bytesGzip' }];
      const of = (value: number, bytesGzip: number) => frontPoint('c001', { [name]: value, bytesGzip });
      const dense = of(0.5, 1000);
      expect(frontHypervolume([dense], objectives, dense)).toBe(0);
      const [worse, better] = isError ? [0.6, 0.4] : [0.4, 0.6];
      const volumes = [worse, 0.5, better].map((value) => frontHypervolume([of(value, 100)], objectives, dense));
      expect(volumes[0]).toBeGreaterThan(0);
      expect(volumes[1]).toBeGreaterThan(volumes[0] ?? 1);
      expect(volumes[2]).toBeGreaterThan(volumes[1] ?? 1);
      expect(Number.isFinite(frontHypervolume([of(0, 0)], objectives, dense))).toBe(true);
    },
  );

  it('given points without a metric of the objectives, then none of them is on the front', () => {
    expect(frontOf([frontPoint('c001'), frontPoint('c002')], [{ maximize: 'psnr' }])).toEqual([]);
  });

  it('given a front that saves nothing, then it is zero in units of the baseline', () => {
    const dense = frontPoint('dense');
    expect(frontHypervolume([dense], OBJECTIVES, dense)).toBe(0);
  });

  it('given a candidate of dense accuracy at a tenth of the bytes, then it is 0.9', () => {
    const dense = frontPoint('dense');
    const small = frontPoint('c001', { bytesGzip: dense.summary.bytesGzip / 10 });
    expect(frontHypervolume([dense, small], OBJECTIVES, dense)).toBeCloseTo(0.9, 12);
  });

  it('given a baseline with an accuracy of zero and a loss to minimise, then it stays finite', () => {
    const dense = frontPoint('dense', { accuracy: 0, bytesGzip: 0 });
    expect(frontHypervolume([dense], [...OBJECTIVES, { minimize: 'loss' }], dense)).toBeGreaterThanOrEqual(0);
  });
});

describe('front', () => {
  it('given any points, then the front of a front and new points is the front of all', () => {
    const one = fc.record({ accuracy: fc.integer({ min: 0, max: 6 }), bytesGzip: fc.integer({ min: 0, max: 6 }) });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 14 }), fc.nat(14), (numbers, cut) => {
        const all = numbers.map((each, i) => frontPoint(`c${i}`, each));
        const merged = frontOf([...frontOf(all.slice(0, cut), OBJECTIVES), ...all.slice(cut)], OBJECTIVES);
        expect(merged).toEqual(frontOf(all, OBJECTIVES));
      }),
    );
  });

  it('given a number that is not finite, then that point is left out', () => {
    const good = frontPoint('c001');
    expect(frontOf([frontPoint('c000', { accuracy: Number.NaN }), good], OBJECTIVES)).toEqual([good]);
  });
});
