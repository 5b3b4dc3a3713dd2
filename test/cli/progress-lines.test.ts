import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { progressLine, progressLines } from '../../cli/view/progress-lines.js';
import type { Snapshot } from '../../client/prunefront-client.js';
import { frontPoint } from '../support/front-points.js';

const point = frontPoint('c001', { accuracy: 1, bytesGzip: 1000 });
const snapshot: Snapshot = {
  progress: {
    ...{ sweepId: 'view-1', name: 'view', state: 'searching', budget: 2, startedAtMs: 0, selected: null, error: null },
    candidates: { ok: 1, failed: 0, proposed: 2, total: 2 },
    stages: { done: 2, reused: 0, inFlight: 1, waiting: 0, shared: 0 },
    ...{
      baseline: point,
      front: [point],
      failures: [],
      failuresByCause: {},
      lastProgressAtMs: 0,
      wallClockMs: null,
      events: 0,
    },
    policy: { objectives: [{ maximize: 'accuracy' }], constraints: [], select: 'knee' },
  },
  ...{ slots: [], stagesRunning: 1, stagesQueued: 0, remainingMs: -1, elapsedMs: 1000 },
  retryReasons: ['no space left'],
};

describe('the live view', () => {
  it.each([0, 1, 5, 20, 200])('given a terminal of %i columns, then no line is wider', (width) => {
    const lines = progressLines(snapshot, width).map(stripVTControlCharacters);
    expect(lines.length).toBeGreaterThan(8);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  it('given a front at full accuracy, then its axis ends at 100 %, and why work waits is told', () => {
    const text = stripVTControlCharacters(progressLines(snapshot, 100).join('\n'));
    expect(text).toContain('100.00 % │');
    expect(text).not.toContain('101');
    expect(text).toContain('! trying again: no space left');
  });

  it('given another cost as an objective, then the plot is against that', () => {
    const objectives = [{ maximize: 'accuracy' }, { minimize: 'latencyP50' }] as const;
    const dear = frontPoint('c001', { latencyP50: 0.25 });
    const policy = { ...snapshot.progress.policy, objectives };
    const text = stripVTControlCharacters(
      progressLines({ ...snapshot, progress: { ...snapshot.progress, front: [dear], policy } }, 100).join('\n'),
    );
    expect(text).toContain('accuracy on validation against Latency p50; D is dense');
    expect(text).toContain('0.25 ms');
    expect(text).not.toContain('kB');
  });

  it('given a failure, then what was found is told in a line', () => {
    const cause = { code: 'PRUNEFRONT_TRAINER_LOST', message: 'Lost', found: 'no word for 20 s\nSIGKILL' } as const;
    const failures = [{ id: 'c002', label: 'two', cause }];
    const text = progressLines({ ...snapshot, progress: { ...snapshot.progress, failures } }, 120).join('\n');
    expect(stripVTControlCharacters(text)).toContain(
      '✗ c002 two: PRUNEFRONT_TRAINER_LOST Lost (found: no word for 20 s)',
    );
  });

  it('given a sweep that has ended, then no time is left', () => {
    for (const state of ['done', 'failed', 'cancelled'] as const) {
      for (const remainingMs of [-1, 0]) {
        const ended = { ...snapshot, progress: { ...snapshot.progress, state }, remainingMs, retryReasons: [] };
        expect(`${progressLines(ended, 200).join('\n')}\n${progressLine(ended)}`).not.toContain(' left');
      }
    }
    expect(progressLine({ ...snapshot, remainingMs: 1000 })).toContain('1 s left');
  });
});
