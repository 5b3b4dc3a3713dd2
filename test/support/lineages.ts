import type { Lineage } from '../../core/nightly/manifest.js';

/** Where the model of a night comes from. */
export function lineageOf(schedule: string): Lineage {
  return {
    ...{ schedule, runId: 'run-1', sweepId: `${schedule}-1`, candidate: 'c001', label: 'half', stageKey: 'k' },
    ...{ stageKeys: ['k'], dataset: 'd', previousVersion: null },
    input: { kind: 'model', files: {}, newest: '/tmp/model.json', trainedOn: null },
  };
}
