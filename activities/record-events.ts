import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { OrchestratorActivities } from '../core/sweep/activities.js';
import { eventsPath } from '../core/sweep/events.js';
import { typedFailures } from './typed-failures.js';

/** Keeps events of a sweep, so that its workflow need not carry them. */
export function createRecordEvents({
  store,
}: {
  readonly store: ArtifactStore;
}): OrchestratorActivities['recordEvents'] {
  return ({ sweepId, run, events }) =>
    typedFailures(async () => {
      const [first] = events;
      if (first !== undefined) await store.putDocument(eventsPath(sweepId, run, first.sequence), events);
    });
}
