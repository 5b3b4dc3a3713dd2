import { suggestCandidates } from '../core/search/candidates.js';
import type { OrchestratorActivities } from '../core/sweep/activities.js';

/** Proposes the next candidates with their stages. */
export function createSuggest(): OrchestratorActivities['suggest'] {
  return async ({ spec, baseline, cursor, count }) => suggestCandidates(spec, baseline, cursor, count);
}
