import { describe, expect, it } from 'vitest';
import { decideNight, judgedMetric, type NightCase } from '../../../core/nightly/decide.js';
import type { ObservationSummary } from '../../../core/sweep/observation.js';
import type { OwnMetric } from '../../../core/sweep/spec.js';
import { frontPoint } from '../../support/front-points.js';

const accuracyFirst: NightCase['spec'] = {
  select: 'knee',
  objectives: [{ maximize: 'accuracy' }, { minimize: 'bytesGzip' }],
};
const bestBytes: NightCase['spec'] = { ...accuracyFirst, select: { best: 'bytesGzip' } };

function decide(
  tonight: Partial<ObservationSummary>,
  before: Partial<ObservationSummary>,
  tolerance = 0,
  spec = accuracyFirst,
): ReturnType<typeof decideNight> {
  const selected = frontPoint('c001', tonight);
  const { summary } = frontPoint('old', before);
  const opponent = { version: 3, label: 'old', summary };
  return decideNight({ spec, tolerance, selection: { id: 'c001', reason: 'Best.' }, selected, opponent });
}

describe('what a night decides', () => {
  it('given nothing published, then what was selected is published', () => {
    const selected = frontPoint('c001');
    const selection = { id: 'c001', reason: 'Best.' };
    const { outcome } = decideNight({ spec: accuracyFirst, tolerance: 0, selection, selected, opponent: null });
    expect(outcome).toBe('published');
  });

  it('given no candidate that keeps the constraints, then what is published stays, for the reason of the selection', () => {
    const selection = { id: null, reason: 'None keeps the constraints.' };
    const { summary } = frontPoint('old');
    const opponent = { version: 3, label: 'old', summary };
    const night = { spec: accuracyFirst, tolerance: 1, selection, selected: null };
    const kept = { outcome: 'kept', reason: 'None keeps the constraints. So version 3 stays.' };
    expect(decideNight({ ...night, opponent })).toEqual(kept);
    expect(decideNight({ ...night, opponent: null }).reason).toContain('nothing is published');
  });

  it.each([
    ['r2', 'maximize', 0.9, 0.905, 0.01, 'published'],
    ['r2', 'maximize', 0.8, 0.905, 0.01, 'kept'],
    ['psnr', 'maximize', 20.9, 21, 0.01, 'published'],
    ['psnr', 'maximize', 20.7, 21, 0.01, 'kept'],
    ['mse', 'minimize', 0.0101, 0.01, 0.02, 'published'],
    ['mse', 'minimize', 0.0103, 0.01, 0.02, 'kept'],
    ['mae', 'minimize', Number.NaN, 1, 0.5, 'kept'],
  ] as const)(
    'given the metric %s to %s, %f after %f, then a tolerance of %f says %s',
    (name, way, now, before, tolerance, outcome) => {
      const objective = way === 'maximize' ? { maximize: name } : { minimize: name };
      const spec: NightCase['spec'] = { select: 'knee', objectives: [objective] };
      expect(decide({ [name]: now }, { [name]: before }, tolerance, spec).outcome).toBe(outcome);
    },
  );

  it.each([
    ['the same accuracy', 0.9, 0.9, 0, 'published'],
    ['a better accuracy', 0.91, 0.9, 0, 'published'],
    ['a worse accuracy', 0.899, 0.9, 0, 'kept'],
    ['an accuracy that is worse by just the tolerance', 0.89, 0.9, 0.01, 'published'],
    ['an accuracy that is worse by more than the tolerance', 0.889, 0.9, 0.01, 'kept'],
    ['no number', Number.NaN, 0.9, 0.5, 'kept'],
  ])('given %s, then it says so', (_, tonight, before, tolerance, outcome) => {
    const decision = decide({ accuracy: tonight }, { accuracy: before }, tolerance);
    expect(decision.outcome).toBe(outcome);
    expect(decision.reason).toContain(`that of version 3 on the same data ${before}`);
  });

  it.each([
    [1050, 0.05, 'published'],
    [1051, 0.05, 'kept'],
    [999, 0, 'published'],
  ])(
    'given a policy of least bytes and %i where 1000 are published, then the tolerance of %d is relative',
    (bytesGzip, tolerance, outcome) => {
      const worse = { bytesGzip, accuracy: 0.1 };
      expect(decide(worse, { bytesGzip: 1000, accuracy: 0.9 }, tolerance, bestBytes).outcome).toBe(outcome);
    },
  );

  it.each([
    [0.89, 'published'],
    [0.889, 'kept'],
  ])(
    'given a policy of best top 3 and %d where 0.9 is published, then a tolerance of 0.01 is a point',
    (top3, outcome) => {
      const spec = { ...accuracyFirst, select: { best: 'top3' as OwnMetric } };
      expect(decide({ own: { top3 } }, { own: { top3: 0.9 } }, 0.01, spec).outcome).toBe(outcome);
    },
  );

  it('judges by the metric of the policy, else by the first objective', () => {
    expect(judgedMetric(accuracyFirst)).toEqual({ metric: 'accuracy', maximize: true });
    expect(judgedMetric(bestBytes)).toEqual({ metric: 'bytesGzip', maximize: false });
    expect(judgedMetric({ select: 'knee', objectives: [{ minimize: 'macs' }] })).toEqual({
      metric: 'macs',
      maximize: false,
    });
  });
});
