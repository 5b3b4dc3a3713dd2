import type { Lineage } from '../../core/nightly/manifest.js';
import type { NightOutcome, NightRecord } from '../../core/nightly/night.js';
import { frontPoint } from './front-points.js';

/** A night of a schedule that started at some hour of January 2026 and took one; both models were compared where accuracies are told. */
export function nightRecord(
  schedule: string,
  day: number,
  outcome: NightOutcome,
  accuracies: readonly [published: number, selected: number] | null = null,
): NightRecord {
  const date = `2026-01-${String(day).padStart(2, '0')}`;
  const point = (accuracy: number) => frontPoint(`c00${day}`, { accuracy });
  return {
    ...{ schedule, runId: `run-${day}`, outcome, reason: 'told here', publication: `${schedule}-model` },
    ...{ startedAt: `${date}T02:00:00.000Z`, endedAt: `${date}T03:00:00.000Z`, durationMs: 3_600_000 },
    ...{ input: null, fingerprint: null, sweepId: null, comparison: null, version: null, error: null },
    notifications: [],
    stages: { run: 0, reused: 0 },
    opponent: accuracies === null ? null : { version: 1, label: 'before', summary: point(accuracies[0]).summary },
    selected: accuracies === null ? null : { candidate: 'c001', ...point(accuracies[1]) },
  };
}

/** Where the model of a night comes from. */
export function lineageOf(schedule: string): Lineage {
  return {
    ...{ schedule, runId: 'run-1', sweepId: `${schedule}-1`, candidate: 'c001', label: 'half', stageKey: 'k' },
    ...{ stageKeys: ['k'], dataset: 'd', previousVersion: null },
    input: { kind: 'model', files: {}, newest: '/tmp/model.json', trainedOn: null },
  };
}
