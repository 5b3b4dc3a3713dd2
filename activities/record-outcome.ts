import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { OrchestratorActivities } from '../core/sweep/activities.js';
import type { CandidateOutcome } from '../core/sweep/observation.js';
import type { Candidate } from '../core/sweep/stage.js';
import { outcomePath } from './candidate-chain.js';
import { typedFailures } from './typed-failures.js';

/** What the store keeps of an ended candidate, under `sweeps/ID/outcomes/`. */
export interface RecordedOutcome {
  readonly candidate: Candidate;
  readonly outcome: CandidateOutcome;
}

/** Keeps how a candidate ended, so that histories need not. */
export function createRecordOutcome({
  store,
}: {
  readonly store: ArtifactStore;
}): OrchestratorActivities['recordOutcome'] {
  return ({ sweepId, candidate, outcome }) =>
    typedFailures(() =>
      store.putDocument(outcomePath(sweepId, candidate.id), { candidate, outcome } satisfies RecordedOutcome),
    );
}
