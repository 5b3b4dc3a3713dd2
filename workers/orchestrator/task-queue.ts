/** Task queue of the workflows and of the activities that need no device. */
export const ORCHESTRATOR_TASK_QUEUE = 'prunefront-orchestrator';
