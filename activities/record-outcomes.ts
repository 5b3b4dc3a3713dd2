import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { OrchestratorActivities } from '../core/sweep/activities.js';
import { outcomePath } from './candidate-chain.js';
import { typedFailures } from './typed-failures.js';

/** Keeps how candidates ended, under `sweeps/ID/outcomes/`, so that histories need not. */
export function createRecordOutcomes({
  store,
}: {
  readonly store: ArtifactStore;
}): OrchestratorActivities['recordOutcomes'] {
  return ({ sweepId, candidates }) =>
    typedFailures(async () => {
      await Promise.all(candidates.map((ended) => store.putDocument(outcomePath(sweepId, ended.candidate.id), ended)));
    });
}
