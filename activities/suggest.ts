import { suggestCandidates } from '../core/search/candidates.js';
import type { OrchestratorActivities } from '../core/sweep/activities.js';
import { typedFailures } from './typed-failures.js';

/** Proposes the next candidates with their stages. */
export function createSuggest(): OrchestratorActivities['suggest'] {
  return ({ spec, baseline, cursor, count, startFrom }) =>
    typedFailures(async () => suggestCandidates(spec, baseline, cursor, count, startFrom));
}
