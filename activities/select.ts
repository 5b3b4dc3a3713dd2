import { selectCandidate } from '../core/evaluation/pareto/select.js';
import type { OrchestratorActivities } from '../core/sweep/activities.js';

/** Picks one candidate of the front by the policy of the spec. */
export function createSelect(): OrchestratorActivities['select'] {
  return async ({ spec, baseline, front }) => selectCandidate(front, spec.select, spec.constraints, spec.objectives, baseline);
}
