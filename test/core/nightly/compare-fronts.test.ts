import { describe, expect, it } from 'vitest';
import { compareFronts, type FrontMember } from '../../../core/nightly/compare-fronts.js';
import type { Objective } from '../../../core/sweep/spec.js';
import { frontPoint } from '../../support/front-points.js';

const OBJECTIVES: readonly Objective[] = [{ maximize: 'accuracy' }, { minimize: 'bytesGzip' }];
const dense = frontPoint('dense', { accuracy: 1, bytesGzip: 1000 });

function member(id: string, sparsity: number, accuracy: number): FrontMember {
  return {
    ...frontPoint(id, { accuracy, bytesGzip: 1000 * (1 - sparsity) }),
    point: {
      method: { granularity: 'weight', criterion: 'magnitude', scope: 'global' },
      sparsity,
      schedule: 'oneShot',
      recovery: { epochs: 1, learningRate: 0.1 },
    },
  };
}

describe('two fronts', () => {
  it('given points that came, went and stayed, then each is told once, whatever its candidate is called', () => {
    const before = [{ ...dense, point: null }, member('c001', 0.5, 0.9), member('c002', 0.7, 0.8)];
    const tonight = [{ ...dense, point: null }, member('c009', 0.5, 0.95), member('c003', 0.9, 0.7)];
    const comparison = compareFronts(before, tonight, OBJECTIVES, dense);
    expect(comparison.gained).toEqual([{ id: 'c003', label: 'label of c003' }]);
    expect(comparison.lost).toEqual([{ id: 'c002', label: 'label of c002' }]);
    expect(comparison.stayed).toBe(2);
  });

  it('given the same points and better numbers, then the hypervolume has grown, by one reference for both', () => {
    const { hypervolume } = compareFronts([member('c001', 0.5, 0.5)], [member('c001', 0.5, 1)], OBJECTIVES, dense);
    // Half of the bytes at half of the accuracy, then at all of it.
    expect(hypervolume.before).toBeCloseTo(0.25);
    expect(hypervolume.tonight).toBeCloseTo(0.5);
  });
});
