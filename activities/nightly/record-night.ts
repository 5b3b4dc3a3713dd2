import type { NightlyActivities } from '../../core/nightly/activities.js';
import { NightLog } from '../../core/nightly/night-log.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { typedFailures } from '../typed-failures.js';

/** Keeps what is to be known of a night. */
export function createRecordNight({ store }: { readonly store: ArtifactStore }): NightlyActivities['recordNight'] {
  const log = new NightLog(store);
  return (record) => typedFailures(() => log.record(record));
}
