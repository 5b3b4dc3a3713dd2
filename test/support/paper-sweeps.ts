import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { SearchAttributeType } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createOrchestratorActivities, createRunStage } from '../../activities/index.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import type { StageActivities } from '../../core/sweep/activities.js';
import { EQUAL_SHARE, type SweepInput, type SweepProgress } from '../../core/sweep/progress.js';
import type { SweepResult } from '../../core/sweep/result.js';
import type { SweepSpec } from '../../core/sweep/spec.js';
import { projectRoot, temporalExecutable } from '../../tools/paths.mjs';
import { FAIRNESS } from '../../workers/local/temporal-server.js';
import { ORCHESTRATOR_TASK_QUEUE } from '../../workers/orchestrator/task-queue.js';
import { quietRuntime } from '../../workers/runtime.js';
import { progressQuery } from '../../workflows/messages.js';
import type { sweepWorkflow } from '../../workflows/sweep.js';
import { PaperSlots } from './paper-slots.js';

export type SweepHandle = WorkflowHandleWithFirstExecutionRunId<typeof sweepWorkflow>;

/** The workflows as workers load them. */
export const WORKFLOW_BUNDLE = { codePath: join(projectRoot(), 'dist', 'workflow-bundle.js') };

export const STAGE_QUEUE = 'paper-stages';
/** Nothing in a recorded history tells where it was recorded. */
const IDENTITY = 'prunefront-test';
const ADAM = { adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } };

/** A spec of one-shot candidates at these sparsities. */
export function paperSpec(name: string, sparsity: readonly number[], changes: Partial<SweepSpec> = {}): SweepSpec {
  return {
    name,
    model: { zoo: 'mnistMlp' },
    dataset: { builtin: 'mnist' },
    split: { validation: 0.1, test: 0.2, seed: 1 },
    baseline: { epochs: 1, batchSize: 64, optimizer: ADAM, seed: 1 },
    space: {
      method: [{ granularity: 'weight', criterion: 'magnitude', scope: 'global' }],
      sparsity,
      schedule: ['oneShot'],
      recovery: [{ epochs: 1, learningRate: 0.001 }],
    },
    search: { algorithm: 'grid', seed: 1 },
    objectives: [{ maximize: 'accuracy' }, { minimize: 'bytesGzip' }],
    constraints: [],
    select: 'knee',
    budget: { candidates: 100, wallClockMs: null },
    ...changes,
  };
}

const SEARCH_ATTRIBUTES = [
  { name: 'PrunefrontState', type: SearchAttributeType.KEYWORD },
  { name: 'PrunefrontProgress', type: SearchAttributeType.DOUBLE },
  { name: 'PrunefrontName', type: SearchAttributeType.KEYWORD },
];

/** A real Temporal server without workers. */
export function temporalServer(
  serverArgs: readonly string[] = [],
  searchAttributes = SEARCH_ATTRIBUTES,
): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: temporalExecutable() },
      extraArgs: [...FAIRNESS, ...serverArgs],
      searchAttributes,
    },
    client: { identity: IDENTITY },
  });
}

/** How paper sweeps run where the usual way will not do. */
export interface PaperOptions {
  readonly slots?: number;
  readonly installRuntime?: () => void;
}

/** The real Temporal server, workflows, activities and store; only the trainers are of paper. */
export class PaperSweeps {
  readonly slots: PaperSlots;
  private sweeps = 0;

  private constructor(
    private readonly folder: string,
    readonly env: TestWorkflowEnvironment,
    readonly store: ArtifactStore,
    slots: PaperSlots,
    private readonly workers: readonly Worker[],
    private readonly running: Promise<unknown>,
  ) {
    this.slots = slots;
  }

  /**
   * @param serverArgs - more arguments of the Temporal server
   * @param options - stages that the node takes at once, and what installs the Temporal runtime of this process
   */
  static async open(
    serverArgs: readonly string[] = [],
    stages?: StageActivities,
    { slots = 100, installRuntime = quietRuntime }: PaperOptions = {},
  ): Promise<PaperSweeps> {
    installRuntime();
    const folder = await mkdtemp(join(tmpdir(), 'prunefront-test-'));
    const store = await openFolderStore(join(folder, 'store'));
    const env = await temporalServer(serverArgs);
    const paper = new PaperSlots(store);
    const common = { connection: env.nativeConnection, identity: IDENTITY };
    const workers = [
      await Worker.create({
        ...common,
        taskQueue: ORCHESTRATOR_TASK_QUEUE,
        workflowBundle: WORKFLOW_BUNDLE,
        activities: createOrchestratorActivities(store),
      }),
      await Worker.create({
        ...common,
        taskQueue: STAGE_QUEUE,
        activities: stages ?? { runStage: createRunStage({ store, slots: paper, node: 'paper' }) },
        maxConcurrentActivityTaskExecutions: slots,
        maxHeartbeatThrottleInterval: '100ms',
        defaultHeartbeatThrottleInterval: '100ms',
      }),
    ];
    const running = Promise.all(workers.map((worker) => worker.run()));
    return new PaperSweeps(folder, env, store, paper, workers, running);
  }

  start(spec: SweepSpec, input: Partial<SweepInput> = {}): Promise<SweepHandle> {
    this.sweeps += 1;
    const sweepId = `${spec.name}-${this.sweeps}`;
    return this.env.client.workflow.start<typeof sweepWorkflow>('sweepWorkflow', {
      workflowId: `sweep-${sweepId}`,
      taskQueue: ORCHESTRATOR_TASK_QUEUE,
      args: [
        {
          ...{ sweepId, spec, source: `name: ${spec.name}`, stageTaskQueue: STAGE_QUEUE, window: 2 },
          share: EQUAL_SHARE,
          ...input,
        },
      ],
    });
  }

  /** What a sweep published, or null. */
  async result(handle: SweepHandle): Promise<SweepResult | null> {
    const sweepId = handle.workflowId.replace(/^sweep-/, '');
    return (await this.store.getDocument(`sweeps/${sweepId}/result.json`)) as SweepResult | null;
  }

  /** File of a blob of the store. */
  blobPath(key: string): string {
    return join(this.folder, 'store', 'blobs', key.slice(0, 2), key);
  }

  async close(): Promise<void> {
    for (const worker of this.workers) worker.shutdown();
    await this.running;
    await this.env.teardown();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The progress of a sweep once a condition holds. */
export async function progressWhen(
  handle: SweepHandle,
  condition: (progress: SweepProgress) => boolean,
): Promise<SweepProgress> {
  let progress = await handle.query(progressQuery);
  await until(async () => {
    progress = await handle.query(progressQuery);
    return condition(progress);
  });
  return progress;
}

/** Waits for a condition. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
