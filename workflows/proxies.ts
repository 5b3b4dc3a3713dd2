import { proxyActivities } from '@temporalio/workflow';
import type { NightlyActivities, NotifyActivities } from '../core/nightly/activities.js';
import type { OrchestratorActivities, StageActivities } from '../core/sweep/activities.js';
import type { SweepInput } from '../core/sweep/progress.js';

/** Activities that run on the orchestrator's own task queue. Their heartbeats say that the orchestrator lives; its event loop may be busy with data for seconds. */
export const orchestrator = proxyActivities<OrchestratorActivities & NightlyActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '1 minute',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: 30 },
});

/** Characters that Temporal allows; the end of a sweep's id is a hash, and so tells sweeps apart. */
const FAIRNESS_KEY_LENGTH = 64;

/**
 * Stage activities on a queue of GPU nodes; sweeps of one priority get free slots in turn, by their weights. A lost worker costs no attempts: candidates that cannot work fail with a non-retryable cause,
 * and everything else is tried again.
 */
export function stageActivities({
  sweepId,
  stageTaskQueue,
  share,
}: Pick<SweepInput, 'sweepId' | 'stageTaskQueue' | 'share'>): StageActivities {
  return proxyActivities<StageActivities>({
    taskQueue: stageTaskQueue,
    priority: {
      priorityKey: share.priority,
      fairnessKey: sweepId.slice(-FAIRNESS_KEY_LENGTH),
      fairnessWeight: share.weight,
    },
    startToCloseTimeout: '7 days',
    heartbeatTimeout: '30 seconds',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
  });
}

/** Activities that tell others of a night: some tries, each with an end, so that nobody who hangs holds the night for long. */
export function notifyActivities(timeoutMs: number): NotifyActivities {
  return proxyActivities<NotifyActivities>({
    // The activity ends by itself before that.
    startToCloseTimeout: timeoutMs + 10_000,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1 minute', maximumAttempts: 4 },
  });
}
