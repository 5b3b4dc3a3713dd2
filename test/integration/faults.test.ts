import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../cli/gateway-client.js';
import type { FrontPoint } from '../../core/sweep/progress.js';
import { decodeCheckpoint } from '../../core/training/stage-state.js';
import { TestStack } from '../support/local-stack.js';

const SPEC = `
name: faults
model: { zoo: mnistMlp }
dataset: mnist
baseline: { epochs: 8, batchSize: 32, optimizer: adam }
space:
  method:
    - { granularity: weight, criterion: magnitude, scope: global }
    - { granularity: neuron, criterion: l1, scope: layer }
  sparsity: [0.5, 0.8]
  schedule: { polynomialDecay: { frequency: 20 } }
  recovery: { epochs: 8, learningRate: 0.0005 }
`;

/** What two runs of one sweep must agree on: everything but time. */
function essence(front: readonly FrontPoint[]): unknown[] {
  return [...front]
    .sort((a, b) => a.id.localeCompare(b.id))
    .map(({ id, stageKey, summary }) => {
      const { accuracy, loss, testAccuracy, parameters, nonzeroParameters, bytesGzip, reachedSparsity } = summary;
      return { id, stageKey, accuracy, loss, testAccuracy, parameters, nonzeroParameters, bytesGzip, reachedSparsity };
    });
}

/** A stage of a candidate (not the baseline) is in the middle of training and has a checkpoint. */
function midStage({ slots }: Snapshot): boolean {
  return slots.some(
    ({ heartbeat }) =>
      heartbeat.candidate !== 'dense' && heartbeat.checkpoint !== null && heartbeat.step < heartbeat.steps - 100,
  );
}

let undisturbed: unknown[] = [];
let stack: TestStack;

beforeAll(async () => {
  stack = await TestStack.start();
  const { progress } = await stack.finish(await stack.sweep(SPEC));
  undisturbed = essence(progress.front);
  await stack.stop();
});

describe('a sweep that is disturbed', () => {
  afterEach(async () => {
    await stack.stop();
  });

  /** Disturbs a sweep in the middle of a stage; returns its end, the checkpoint's step before, and the steps seen after of the same stages. */
  async function disturb(
    how: (snapshot: Snapshot) => void,
  ): Promise<{ end: Snapshot; resumedAt: number; checkpointed: number }> {
    stack = await TestStack.start();
    const sweep = await stack.sweep(SPEC);
    const before = await stack.until(sweep, midStage);
    const victim = before.slots.find(
      ({ heartbeat }) => heartbeat.candidate !== 'dense' && heartbeat.checkpoint !== null,
    )?.heartbeat;
    const key = victim === undefined ? null : await stack.store.getCheckpoint(victim.stageKey);
    const checkpointed = key === null ? 0 : decodeCheckpoint(await stack.store.getBlob(key)).step;
    how(before);
    let resumedAt = Number.POSITIVE_INFINITY;
    const end = await stack.finish(sweep, ({ slots }) => {
      for (const { heartbeat } of slots)
        if (heartbeat.stageKey === victim?.stageKey) resumedAt = Math.min(resumedAt, heartbeat.step);
    });
    return { end, resumedAt, checkpointed };
  }

  it('given a trainer killed in the middle of a stage, when the sweep goes on, then its front is that of an undisturbed one and only the work since the checkpoint is repeated', async () => {
    const { end, resumedAt, checkpointed } = await disturb(() => {
      for (const pid of stack.trainers()) process.kill(pid, 'SIGKILL');
    });
    expect(end.progress.state).toBe('done');
    expect(essence(end.progress.front)).toEqual(undisturbed);
    expect(checkpointed).toBeGreaterThan(0);
    expect(resumedAt).toBeGreaterThanOrEqual(checkpointed);
  });

  it('given the node worker killed, when it is started again, then the front is that of an undisturbed sweep', async () => {
    const { end, resumedAt, checkpointed } = await disturb(() => process.kill(stack.pid('gpu-node'), 'SIGKILL'));
    expect(essence(end.progress.front)).toEqual(undisturbed);
    expect(resumedAt).toBeGreaterThanOrEqual(checkpointed);
  });

  it('given the orchestrator killed, when it is started again, then the front is that of an undisturbed sweep', async () => {
    const { end } = await disturb(() => process.kill(stack.pid('orchestrator'), 'SIGKILL'));
    expect(essence(end.progress.front)).toEqual(undisturbed);
  });

  it('given the Temporal server killed, when it is started again on its database, then the front is that of an undisturbed sweep', async () => {
    const { end } = await disturb(() => process.kill(stack.pid('temporal'), 'SIGKILL'));
    expect(essence(end.progress.front)).toEqual(undisturbed);
  });

  it('given a trainer that hangs, when it stays silent, then it is killed and replaced and the front is that of an undisturbed sweep', async () => {
    let hung: number[] = [];
    const { end } = await disturb(() => {
      hung = stack.trainers();
      for (const pid of hung) process.kill(pid, 'SIGSTOP');
    });
    expect(essence(end.progress.front)).toEqual(undisturbed);
    expect(stack.trainers().some((pid) => hung.includes(pid))).toBe(false);
  });

  it('given a truncated checkpoint, when its trainer dies, then the damage is noticed by its hash and the front is that of an undisturbed sweep', async () => {
    const { end } = await disturb((snapshot) => {
      for (const pid of stack.trainers()) process.kill(pid, 'SIGKILL');
      for (const { heartbeat } of snapshot.slots) {
        const { checkpoint } = heartbeat;
        if (checkpoint !== null)
          truncateIfThere(join(stack.state, 'store', 'blobs', checkpoint.slice(0, 2), checkpoint));
      }
    });
    expect(essence(end.progress.front)).toEqual(undisturbed);
  });
});

describe('an artifact that is altered', () => {
  let state = '';
  afterAll(async () => {
    await stack.stop();
  });

  it('given the baseline’s state altered on disk, when another sweep needs it, then it is noticed, made again, and the front is the same', async () => {
    stack = await TestStack.start();
    state = stack.state;
    const first = await stack.sweep(SPEC.replace('[0.5, 0.8]', '[0.5]'));
    const { progress } = await stack.finish(first);
    const record = await stack.store.getRecord(progress.baseline?.stageKey ?? '');
    const key = record?.state ?? '';
    writeFileSync(join(state, 'store', 'blobs', key.slice(0, 2), key), 'altered');
    const end = await stack.finish(await stack.sweep(SPEC));
    expect(essence(end.progress.front)).toEqual(undisturbed);
    expect(readdirSync(join(state, 'store', 'quarantine')).length).toBeGreaterThan(0);
  });
});

describe('a candidate that cannot work', () => {
  it('given a learning rate at which the loss becomes NaN, when it is trained, then it fails alone with its typed cause', async () => {
    stack = await TestStack.start();
    const sweep = await stack.sweep(
      SPEC.replace(
        'recovery: { epochs: 8, learningRate: 0.0005 }',
        'recovery: [{ epochs: 1, learningRate: 0.0005 }, { epochs: 1, learningRate: 1.0e+30 }]',
      ),
    );
    const { progress } = await stack.finish(sweep);
    await stack.stop();
    expect(progress.state).toBe('done');
    expect(progress.candidates).toMatchObject({ ok: 4, failed: 4 });
    expect(new Set(progress.failures.map(({ cause }) => cause.code))).toEqual(new Set(['PRUNEFRONT_DIVERGED']));
  });
});

function truncateIfThere(path: string): void {
  try {
    truncateSync(path, 100);
  } catch (error) {
    // A newer checkpoint has taken its place in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
