import { randomBytes } from 'node:crypto';
import { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrchestratorActivities, createRunStage } from '../../../activities/index.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import { EQUAL_SHARE } from '../../../core/sweep/progress.js';
import type { SweepSpec } from '../../../core/sweep/spec.js';
import { ORCHESTRATOR_TASK_QUEUE } from '../../../workers/orchestrator/task-queue.js';
import { workflowCode } from '../../../workers/orchestrator/workflow-code.js';
import { quietRuntime } from '../../../workers/runtime.js';
import { encryptingConverter } from '../../../workers/service/data-converter.js';
import type { PayloadKeys } from '../../../workers/service/payload-keys.js';
import { progressQuery } from '../../../workflows/messages.js';
import type { sweepWorkflow } from '../../../workflows/sweep.js';
import { Gate, PaperSlots } from '../../support/paper-slots.js';
import { paperSpec, STAGE_QUEUE, temporalServer, until, WORKFLOW_BUNDLE } from '../../support/paper-sweeps.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const OLD = randomBytes(32);
const NEW = randomBytes(32);
const FIRST: PayloadKeys = { current: 'first', keys: new Map([['first', OLD]]) };
const ROTATED: PayloadKeys = {
  current: 'second',
  keys: new Map([
    ['first', OLD],
    ['second', NEW],
  ]),
};

/** Texts of a sweep that nobody but us should read; its name and id are search attributes, which stay plain. */
const SECRETS = ['weight magnitude', 'mnistMlp', 'the secret reason', 'magnitude', 'learningRate', 'prepareSweep.ts'];

const temporaryFolder = temporaryFolders(afterAll);
let env: TestWorkflowEnvironment;
let store: ArtifactStore;

beforeAll(async () => {
  quietRuntime();
  env = await temporalServer();
  store = await openFolderStore(await temporaryFolder());
});
afterAll(() => env.teardown());

/** Everything that Temporal keeps of a workflow, as bytes. */
async function kept(workflowId: string): Promise<string> {
  const history = await env.client.workflow.getHandle(workflowId).fetchHistory();
  return Buffer.from(proto.temporal.api.history.v1.History.encode(history).finish()).toString('latin1');
}

/** Workers with these keys, and what stands in for trainers. */
async function withWorkers(
  keys: PayloadKeys,
  slots: PaperSlots,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  const dataConverter = encryptingConverter(keys);
  const common = { dataConverter, connection: env.nativeConnection };
  const workers = [
    await Worker.create({
      ...{ ...common, taskQueue: ORCHESTRATOR_TASK_QUEUE, activities: createOrchestratorActivities(store) },
      workflowBundle: await workflowCode(true, WORKFLOW_BUNDLE.codePath),
    }),
    await Worker.create({
      ...{ ...common, taskQueue: STAGE_QUEUE },
      activities: { runStage: createRunStage({ store, slots, node: 'paper' }) },
      ...{ maxHeartbeatThrottleInterval: '100ms', defaultHeartbeatThrottleInterval: '100ms' },
    }),
  ];
  const running = Promise.all(workers.map((worker) => worker.run()));
  try {
    await work(new Client({ connection: env.connection, dataConverter }));
  } finally {
    for (const worker of workers) worker.shutdown();
    await running;
  }
}

function start(client: Client, spec: SweepSpec) {
  const input = { sweepId: spec.name, spec, source: 'weight magnitude', stageTaskQueue: STAGE_QUEUE, window: 2 };
  return client.workflow.start<typeof sweepWorkflow>('sweepWorkflow', {
    workflowId: `sweep-${spec.name}`,
    taskQueue: ORCHESTRATOR_TASK_QUEUE,
    args: [{ ...input, share: EQUAL_SHARE }],
  });
}

describe('a sweep whose payloads are encrypted', () => {
  it('given candidates that work and one that fails, then Temporal keeps no plain text of them, and a client with the key reads all', async () => {
    const slots = new PaperSlots(store);
    slots.behave = async ({ operation }) =>
      operation.kind === 'prune' && operation.sparsity === 0.6
        ? { kind: 'failed', error: { code: 'PRUNEFRONT_DIVERGED', message: 'the secret reason' } }
        : null;
    await withWorkers(FIRST, slots, async (client) => {
      const handle = await start(client, paperSpec('sealed', [0.5, 0.6]));
      const { candidates } = await handle.result();
      expect(candidates).toMatchObject({ ok: 1, failed: 1 });
      expect((await handle.query(progressQuery)).failures[0]?.cause.message).toBe('the secret reason');
    });
    const bytes = await kept('sweep-sealed');
    expect(bytes).toContain('binary/encrypted');
    for (const secret of SECRETS) expect(bytes, secret).not.toContain(secret);
  });

  it('given a sweep that fails as a whole, then the reason is not plain either, and who has the key reads it', async () => {
    const slots = new PaperSlots(store);
    slots.behave = async () => ({
      kind: 'failed',
      error: { code: 'PRUNEFRONT_DIVERGED', message: 'the secret reason' },
    });
    const spec = { ...paperSpec('sealed-failure', [0.5]), split: { validation: 0.1, test: 0.2, seed: 7 } };
    await withWorkers(FIRST, slots, async (client) => {
      const failed = await (await start(client, spec)).result().then(
        () => null,
        (error: Error) => error.cause as Error,
      );
      expect(failed?.message).toBe('the secret reason');
    });
    const bytes = await kept('sweep-sealed-failure');
    for (const secret of SECRETS) expect(bytes, secret).not.toContain(secret);
  });

  it('given new keys in the middle of a sweep, then it goes on from what the old one encrypted, and the new one encrypts what follows', async () => {
    const gate = new Gate();
    const slots = new PaperSlots(store);
    const spec = { ...paperSpec('rotated', [0.5, 0.7]), split: { validation: 0.1, test: 0.2, seed: 8 } };
    slots.behave = async ({ operation }, signal) => (operation.kind === 'prune' ? gate.pass(signal) : null);
    await withWorkers(FIRST, slots, async (client) => {
      await start(client, spec);
      // A stage that is just on its way to a worker which ends is tried again after its heartbeat's time only.
      await until(() => gate.waiting === 2);
    });
    gate.open();
    await withWorkers(ROTATED, slots, async (client) => {
      const { candidates } = await client.workflow.getHandle<typeof sweepWorkflow>('sweep-rotated').result();
      expect(candidates).toMatchObject({ ok: 2, failed: 0 });
    });
    const bytes = await kept('sweep-rotated');
    for (const id of ['first', 'second']) expect(bytes).toContain(id);
    for (const secret of SECRETS) expect(bytes, secret).not.toContain(secret);
  });
});
