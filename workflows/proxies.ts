import { proxyActivities } from '@temporalio/workflow';
import type { OrchestratorActivities, StageActivities } from '../core/sweep/activities.js';

/** Activities that run on the orchestrator's own task queue. */
export const orchestrator = proxyActivities<OrchestratorActivities>({
  startToCloseTimeout: '10 minutes',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: 30 },
});

/**
 * Stage activities on a queue of GPU nodes. A lost worker costs no attempts: candidates that cannot work fail with a non-retryable cause,
 * and everything else is tried again.
 */
export function stageActivities(taskQueue: string): StageActivities {
  return proxyActivities<StageActivities>({
    taskQueue,
    startToCloseTimeout: '7 days',
    heartbeatTimeout: '30 seconds',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
  });
}
