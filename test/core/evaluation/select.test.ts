import { describe, expect, it } from 'vitest';
import { selectCandidate, violations } from '../../../core/evaluation/pareto/index.js';
import type { Objective, OwnMetric } from '../../../core/sweep/spec.js';
import { frontPoint } from '../../support/front-points.js';

const TWO: readonly Objective[] = [{ maximize: 'accuracy' }, { minimize: 'bytesGzip' }];
const dense = frontPoint('dense', { accuracy: 0.98, bytesGzip: 100_000 });
const light = frontPoint('c001', { accuracy: 0.979, bytesGzip: 60_000 });
const knee = frontPoint('c002', { accuracy: 0.975, bytesGzip: 20_000 });
const tiny = frontPoint('c003', { accuracy: 0.9, bytesGzip: 8_000 });
const front = [dense, light, knee, tiny];

describe('selection', () => {
  it('given a bent front of two objectives, when the knee is asked for, then it is the point farthest from the line between the ends', () => {
    const { id, reason } = selectCandidate(front, 'knee', [], TWO, dense);
    expect(id).toBe('c002');
    expect(reason).toMatch(
      /^Knee: c002 \(label of c002\) lies farthest \(0\.\d+\) from the line between the extremes of the front \(4 points/,
    );
    expect(reason).toContain('accuracy 0.975 (dense 0.98), bytesGzip 20,000 bytes (dense 100,000 bytes).');
  });

  it('given three objectives, when the knee is asked for, then it is the point nearest to the ideal one', () => {
    const { id, reason } = selectCandidate(front, 'knee', [], [...TWO, { minimize: 'latencyP50' }], dense);
    expect(id).toBe('c002');
    expect(reason).toContain('nearest');
    expect(reason).toContain('to the ideal point');
  });

  it('given constraints, then only what keeps them is picked', () => {
    expect(selectCandidate(front, 'knee', [{ accuracyDrop: { atMost: 0.001 } }], TWO, dense).id).toBe('c001');
    expect(selectCandidate(front, { best: 'bytesGzip' }, [{ accuracyDrop: { atMost: 0.005 } }], TWO, dense).id).toBe(
      'c002',
    );
  });

  it('given the best of a metric, then the direction is the metric’s own', () => {
    expect(selectCandidate(front, { best: 'accuracy' }, [], TWO, dense).id).toBe('c001');
    const { id, reason } = selectCandidate(front, { best: 'bytesGzip' }, [], TWO, dense);
    expect(id).toBe('c003');
    expect(reason).toContain('the lowest, 8,000 bytes, of the 3 candidates');
  });

  it('given the best of a top-k, which only specs ask for, then it is the highest, whatever the objectives are', () => {
    const points = [0.97, 0.99, 0.98].map((top3, i) => frontPoint(`c00${i}`, { own: { top3 } }));
    expect(selectCandidate(points, { best: 'top3' as OwnMetric }, [], TWO, dense).id).toBe('c001');
  });

  it('given constraints that nothing keeps, then nothing is picked and the nearest is named with what it breaks', () => {
    const { id, reason } = selectCandidate(front, 'knee', [{ metric: { name: 'bytesGzip', atMost: 100 } }], TWO, dense);
    expect(id).toBeNull();
    expect(reason).toContain('None of the 3 candidates');
    expect(reason).toContain('bytesGzip is 60,000 bytes, at most 100 bytes is allowed');
  });

  it('given a front of the dense model alone, or none, then nothing is picked', () => {
    expect(selectCandidate([dense], 'knee', [], TWO, dense).id).toBeNull();
    expect(selectCandidate([], 'knee', [], TWO, dense).id).toBeNull();
  });

  it('given one candidate or equal ones, then the first is picked', () => {
    expect(selectCandidate([knee], 'knee', [], TWO, dense).id).toBe('c002');
    expect(selectCandidate([knee, { ...knee, id: 'c009' }], 'knee', [], TWO, dense).id).toBe('c002');
  });
});

describe('violations', () => {
  it('given a drop of exactly the limit, then it is kept in spite of rounding', () => {
    const point = frontPoint('c001', { accuracy: 0.975 - 0.01 });
    expect(
      violations(point.summary, [{ accuracyDrop: { atMost: 0.01 } }], frontPoint('dense', { accuracy: 0.975 })),
    ).toEqual([]);
  });

  it('given broken constraints of every kind, then each is told with its numbers', () => {
    const told = violations(
      tiny.summary,
      [
        { accuracyDrop: { atMost: 0.01 } },
        { metric: { name: 'latencyP50', atMost: 0.5 } },
        { metric: { name: 'accuracy', atLeast: 0.95 } },
      ],
      dense,
    );
    expect(told).toEqual([
      'accuracy drops by 0.08, at most 0.01 is allowed',
      'latencyP50 is 1 ms, at most 0.5 ms is allowed',
      'accuracy is 0.9, at least 0.95 is asked for',
    ]);
  });
});
