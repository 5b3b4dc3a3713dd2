import { describe, expect, it } from 'vitest';
import { type GaugedSweep, SWEEP_GAUGES, sweepSamples } from '../../../workers/metrics/sweep-gauges.js';
import { frontPoint } from '../../support/front-points.js';

const DENSE = frontPoint('dense', { accuracy: 0.98, bytesGzip: 1000, bytesDense: 4000, latencyP50: 2, latencyP95: 3 });
const GOOD = frontPoint('c001', { accuracy: 0.97, bytesGzip: 500, bytesDense: 4000, bytesSparse: 700, latencyP50: 1 });
const SMALL = frontPoint('c002', { accuracy: 0.6, bytesGzip: 100 });

type Progress = GaugedSweep['progress'];

function gauged(progress: Partial<Progress> = {}, rest: Partial<GaugedSweep> = {}): GaugedSweep {
  return {
    progress: {
      ...{ sweepId: 'night-1234', name: 'night', state: 'searching', budget: 40, wallClockMs: 600_000, error: null },
      candidates: { ok: 6, failed: 2, proposed: 10, total: 20 },
      stages: { done: 9, reused: 4, shared: 3, inFlight: 3, waiting: 5 },
      ...{
        baseline: DENSE,
        front: [SMALL, DENSE, GOOD],
        failures: [],
        failuresByCause: { PRUNEFRONT_DIVERGED: 2 },
        events: 0,
        selected: null,
      },
      policy: {
        objectives: [{ maximize: 'accuracy' }, { minimize: 'bytesGzip' }],
        constraints: [{ accuracyDrop: { atMost: 0.02 } }],
        select: { best: 'bytesGzip' },
      },
      ...{ startedAtMs: 1_000_000_000_000, lastProgressAtMs: 1_000_000_050_000 },
      ...progress,
    },
    ...{ stagesRunning: 2, stagesQueued: 1, elapsedMs: 60_000, remainingMs: 90_000 },
    ...rest,
  };
}

/** Values by metric and labels, the sweep's name aside: `prunefront_sweep_stages state=done`. */
function values(...sweeps: readonly GaugedSweep[]): Record<string, number> {
  const lines = sweepSamples(sweeps).map(({ metric, labels, value }): [string, number] => {
    const others = Object.entries(labels).filter(([label]) => label !== 'sweep');
    return [[metric, ...others.map((pair) => pair.join('='))].join(' '), value];
  });
  expect(new Set(lines.map(([name]) => name)).size, 'no series twice').toBe(lines.length);
  return Object.fromEntries(lines);
}

describe('the gauges of a sweep', () => {
  it('given a search in the middle, then they tell how far it is', () => {
    expect(values(gauged())).toMatchObject({
      'prunefront_sweeps state=searching': 1,
      'prunefront_sweep_state state=searching': 1,
      'prunefront_sweep_candidates state=planned': 20,
      'prunefront_sweep_candidates state=done': 6,
      'prunefront_sweep_candidates state=failed': 2,
      'prunefront_sweep_failed_candidates cause=PRUNEFRONT_DIVERGED': 2,
      'prunefront_sweep_stages state=waiting': 5,
      'prunefront_sweep_stages state=queued': 1,
      'prunefront_sweep_stages state=running': 2,
      'prunefront_sweep_stages state=done': 9,
      'prunefront_sweep_stages_saved how=shared': 3,
      'prunefront_sweep_stages_saved how=reused': 4,
      'prunefront_sweep_budget_used_ratio budget=candidates': 0.2,
      'prunefront_sweep_budget_used_ratio budget=wall_clock': 0.1,
      prunefront_sweep_start_time_seconds: 1_000_000_000,
      prunefront_sweep_end_time_seconds: 1_000_000_150,
      prunefront_sweep_last_progress_time_seconds: 1_000_000_050,
    });
  });

  it('given a front and a policy, then the selected model is what the policy would pick so far, in base units', () => {
    expect(values(gauged())).toMatchObject({
      prunefront_sweep_best_accuracy_ratio: 0.97,
      'prunefront_sweep_accuracy_ratio model=dense': 0.98,
      'prunefront_sweep_accuracy_ratio model=selected': 0.97,
      prunefront_sweep_accuracy_drop_ratio: expect.closeTo(0.01, 10),
      'prunefront_sweep_model_bytes model=dense encoding=gzip': 1000,
      'prunefront_sweep_model_bytes model=selected encoding=gzip': 500,
      'prunefront_sweep_model_bytes model=selected encoding=dense': 4000,
      'prunefront_sweep_model_bytes model=selected encoding=sparse': 700,
      'prunefront_sweep_latency_seconds model=dense percentile=p50': 0.002,
      'prunefront_sweep_latency_seconds model=dense percentile=p95': 0.003,
      'prunefront_sweep_latency_seconds model=selected percentile=p50': 0.001,
    });
  });

  it('given metrics of plugins, then both models have them beside the main one, and no more than 16 are series', () => {
    const own = (wrong: number) => ({ own: { wrong, margin: 3 } });
    const [dense, good] = [
      frontPoint('dense', { accuracy: 0.98, bytesGzip: 1000, ...own(0.02) }),
      frontPoint('c001', { accuracy: 0.97, bytesGzip: 500, ...own(0.03) }),
    ];
    expect(values(gauged({ baseline: dense, front: [dense, good] }))).toMatchObject({
      'prunefront_sweep_score model=dense metric=accuracy': 0.98,
      'prunefront_sweep_score model=dense metric=wrong': 0.02,
      'prunefront_sweep_score model=dense metric=margin': 3,
      'prunefront_sweep_score model=selected metric=accuracy': 0.97,
      'prunefront_sweep_score model=selected metric=wrong': 0.03,
    });
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`m${String(i).padStart(2, '0')}`, i]));
    const crowded = frontPoint('dense', { own: many });
    const told = Object.keys(values(gauged({ baseline: crowded, front: [crowded] })));
    const scores = told.filter((line) => line.startsWith('prunefront_sweep_score'));
    expect(scores).toHaveLength(17);
    expect(scores.at(-1)).toContain('metric=m15');
  });

  it('given what was selected in the end, then it is that one, whatever would lead', () => {
    const told = values(gauged({ state: 'done', selected: { id: 'c002', reason: 'asked for' } }));
    expect(told['prunefront_sweep_accuracy_ratio model=selected']).toBe(0.6);
  });

  it('given a front, then its members are ranked from the most accurate on, and its volume is told', () => {
    const told = values(gauged());
    expect(told['prunefront_sweep_front_size']).toBe(3);
    const ranks = ['1', '2', '3', '4'];
    expect(ranks.map((rank) => told[`prunefront_sweep_front_accuracy_ratio rank=${rank}`])).toEqual([
      0.98,
      0.97,
      0.6,
      undefined,
    ]);
    expect(ranks.map((rank) => told[`prunefront_sweep_front_bytes rank=${rank}`])).toEqual([1000, 500, 100, undefined]);
    // Losses 0, 1 %, 39 % of the dense accuracy at 100 %, 50 %, 10 % of its bytes.
    const area = (1 - 0.01 / 0.98) * 0.5 + (1 - 0.38 / 0.98) * 0.4;
    expect(told['prunefront_sweep_hypervolume']).toBeCloseTo(area, 10);
  });

  it('given a front of hundreds, then no more than 32 ranks are series', () => {
    const front = Array.from({ length: 200 }, (_, i) =>
      frontPoint(`c${i}`, { accuracy: 1 - i / 1000, bytesGzip: 1000 - i }),
    );
    const metrics = sweepSamples([gauged({ front })]).map(({ metric }) => metric);
    expect(metrics.filter((metric) => metric === 'prunefront_sweep_front_bytes')).toHaveLength(32);
    expect(values(gauged({ front }))['prunefront_sweep_front_size']).toBe(200);
  });

  it('given nothing that keeps the constraints, then nothing is told of a selected model', () => {
    const told = Object.keys(values(gauged({ front: [DENSE, SMALL] })));
    expect(told.filter((line) => /selected|drop/.test(line))).toEqual([]);
    expect(told).toContain('prunefront_sweep_accuracy_ratio model=dense');
  });

  it('given a sweep without a dense model yet, without a limit of time and without an estimate, then what is not known is absent', () => {
    const start = { state: 'baseline', baseline: null, front: [], wallClockMs: null } as const;
    const told = Object.keys(values(gauged(start, { remainingMs: -1 })));
    expect(told.filter((line) => /accuracy|bytes|latency|_front_|hypervolume|end_time|wall_clock/.test(line))).toEqual(
      [],
    );
    expect(told).toContain('prunefront_sweep_state state=baseline');
  });

  it('given only the dense model, then there is a front of one, no best candidate and no volume', () => {
    const told = values(gauged({ front: [DENSE] }));
    expect(told).toMatchObject({ prunefront_sweep_front_size: 1, prunefront_sweep_hypervolume: 0 });
    expect(told['prunefront_sweep_best_accuracy_ratio']).toBeUndefined();
  });

  it('given an ended sweep, then its end is when it ended, and a budget of time is never used more than wholly', () => {
    const told = values(gauged({ state: 'failed' }, { elapsedMs: 900_000, remainingMs: 0 }));
    expect(told).toMatchObject({
      prunefront_sweep_end_time_seconds: 1_000_000_900,
      'prunefront_sweep_budget_used_ratio budget=wall_clock': 1,
    });
  });

  it('given several sweeps, then they are counted by state, and none holds the id of a sweep or a candidate in a label', () => {
    const samples = sweepSamples([gauged({ name: 'a' }), gauged({ name: 'b' }), gauged({ name: 'c', state: 'done' })]);
    const counted = samples.filter(({ metric }) => metric === 'prunefront_sweeps');
    expect(counted.map(({ labels, value }) => [labels, value])).toEqual([
      [{ state: 'searching' }, 2],
      [{ state: 'done' }, 1],
    ]);
    const labels = new Set(samples.flatMap((each) => Object.values(each.labels)));
    expect([...labels].filter((label) => /c\d\d\d|night-/.test(label))).toEqual([]);
    expect(new Set(samples.map(({ metric }) => metric))).toEqual(new Set(SWEEP_GAUGES));
  });
});
