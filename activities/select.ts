import { selectCandidate } from '../core/evaluation/pareto/select.js';
import type { OrchestratorActivities } from '../core/sweep/activities.js';
import { typedFailures } from './typed-failures.js';

/** Picks one candidate of the front by the policy of the spec. */
export function createSelect(): OrchestratorActivities['select'] {
  return ({ spec, baseline, front }) =>
    typedFailures(async () => selectCandidate(front, spec.select, spec.constraints, spec.objectives, baseline));
}
