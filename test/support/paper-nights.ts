import { join } from 'node:path';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { zooModel } from '../../core/models/zoo/index.js';
import type { NightlyInput, NightSpec } from '../../core/nightly/activities.js';
import type { NightlyNotify } from '../../core/nightly/nightly-spec.js';
import { ORCHESTRATOR_TASK_QUEUE } from '../../workers/orchestrator/task-queue.js';
import type { nightlyWorkflow } from '../../workflows/nightly.js';
import { type PaperSweeps, paperSpec, STAGE_QUEUE } from './paper-sweeps.js';
import { savedModel } from './tiny-sweep.js';

/** A handle on a night's workflow. */
export type NightHandle = WorkflowHandleWithFirstExecutionRunId<typeof nightlyWorkflow>;

/** The spec of nights on paper that watch a folder for models. */
export function nightSpec(name: string, models: string, notify: Partial<NightlyNotify> = {}): NightSpec {
  return {
    ...paperSpec(name, [0.2, 0.5], { select: { best: 'bytesGzip' } }),
    nightly: {
      watch: { models },
      publish: { name, folder: null, tolerance: 0 },
      notify: { webhook: null, command: [], timeoutMs: 5000, ...notify },
    },
  };
}

/** Saves a model into a watched folder; other seeds, other models. */
export function savedNightModel(models: string, seed: number): Promise<string> {
  return savedModel(join(models, `model-${seed}`), zooModel('mnistMlp'), seed);
}

/** Starts a night as its schedule would. */
export function startNight(sweeps: PaperSweeps, spec: NightSpec, night: number): Promise<NightHandle> {
  const input: NightlyInput = {
    ...{ schedule: spec.name, spec, source: `name: ${spec.name}`, stageTaskQueue: STAGE_QUEUE, window: 2 },
  };
  return sweeps.env.client.workflow.start<typeof nightlyWorkflow>('nightlyWorkflow', {
    workflowId: `nightly-${spec.name}-${night}`,
    taskQueue: ORCHESTRATOR_TASK_QUEUE,
    args: [input],
  });
}
