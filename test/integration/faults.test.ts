import { appendFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { essence } from '../support/front-points.js';
import { type Caught, TestStack } from '../support/local-stack.js';
import { NightsFolder } from '../support/nights.js';

const SPEC = `
name: faults
model: { zoo: mnistMlp }
dataset: mnist
baseline: { epochs: 2, batchSize: 32, optimizer: adam }
space:
  method:
    - { granularity: weight, criterion: magnitude, scope: global }
    - { granularity: neuron, criterion: l1, scope: layer }
  sparsity: [0.5, 0.8]
  schedule: { polynomialDecay: { frequency: 20 } }
  recovery: { epochs: 4, learningRate: 0.0005 }
`;

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) process.kill(pid, name);
}

let undisturbed: unknown[] = [];
let stack: TestStack;

beforeAll(async () => {
  stack = await TestStack.start();
  const { progress } = await stack.finish(await stack.sweep(SPEC));
  undisturbed = essence(progress.front);
  await stack.stop();
});

afterEach(() => stack.stop());

describe('a sweep that is disturbed in the middle of a stage', () => {
  /** Disturbs a sweep whose trainers stand still in the middle of a stage; `how` says what becomes of them. */
  async function disturb(how: (caught: Caught) => void): Promise<{ caught: Caught; resumedAt: readonly number[] }> {
    stack = await TestStack.start();
    const sweep = await stack.sweep(SPEC);
    const caught = await stack.catchMidStage(sweep);
    how(caught);
    const { progress } = await stack.finish(sweep);
    expect(progress.state).toBe('done');
    expect(essence(progress.front)).toEqual(undisturbed);
    const record = await stack.store.getRecord(caught.stageKey);
    return { caught, resumedAt: record?.resumedAt ?? [] };
  }

  it('given its trainer killed, then the front is the same and only the work since the checkpoint is repeated', async () => {
    const { caught, resumedAt } = await disturb(({ trainers }) => signal(trainers, 'SIGKILL'));
    expect(resumedAt).toEqual([caught.step]);
  });

  it('given the node worker killed, then the front is the same and only the work since the checkpoint is repeated', async () => {
    const { caught, resumedAt } = await disturb(({ trainers }) => {
      process.kill(stack.pid('gpu-node'), 'SIGKILL');
      signal(trainers, 'SIGCONT');
    });
    expect(resumedAt).toHaveLength(1);
    expect(resumedAt[0]).toBeGreaterThanOrEqual(caught.step);
  });

  it('given the orchestrator killed, then the front is the same and the stage never notices', async () => {
    const { resumedAt } = await disturb(({ trainers }) => {
      signal(trainers, 'SIGCONT');
      process.kill(stack.pid('orchestrator'), 'SIGKILL');
    });
    expect(resumedAt).toEqual([]);
  });

  it('given the Temporal server killed and started again on its database, then the front is the same', async () => {
    await disturb(({ trainers }) => {
      signal(trainers, 'SIGCONT');
      process.kill(stack.pid('temporal'), 'SIGKILL');
    });
  });

  it('given trainers that hang, then they are noticed and replaced, and only the work since the checkpoint is repeated', async () => {
    const { caught, resumedAt } = await disturb(() => undefined);
    expect(resumedAt).toEqual([caught.step]);
    expect(stack.trainers().some((pid) => caught.trainers.includes(pid))).toBe(false);
  });

  it('given a truncated checkpoint, then it is noticed by its hash and the stage is done again', async () => {
    const { resumedAt } = await disturb(({ trainers, checkpoint }) => {
      signal(trainers, 'SIGKILL');
      truncateSync(stack.blobPath(checkpoint), 100);
    });
    expect(resumedAt).toEqual([]);
    expect(readdirSync(stack.storePath('quarantine'))).not.toEqual([]);
  });
});

describe('an orchestrator that is killed while it prepares a sweep', () => {
  it('given data of many rows, then another one prepares it within the heartbeat timeout, and the sweep ends', async () => {
    stack = await TestStack.start();
    const folder = await NightsFolder.make(stack.state);
    appendFileSync(join(stack.state, 'data.csv'), '0.5,0.5,1\n-0.5,0.5,0\n'.repeat(100_000));
    const sweep = await stack.sweep(
      folder.spec('prepared', 'watch: { models: ./models }\npublish: { name: prepared }'),
    );
    await stack.untilActivity(sweep, 'prepareSweep');
    process.kill(stack.pid('orchestrator'), 'SIGKILL');
    expect((await stack.finish(sweep)).progress.state).toBe('done');
  }, 240_000);
});

describe('an artifact that is altered', () => {
  it('given the baseline’s state altered on disk, when another sweep needs it, then it is noticed, made again, and the front is the same', async () => {
    stack = await TestStack.start();
    const { progress } = await stack.finish(await stack.sweep(SPEC.replace('[0.5, 0.8]', '[0.5]')));
    const record = await stack.store.getRecord(progress.baseline?.stageKey ?? '');
    writeFileSync(stack.blobPath(record?.state ?? ''), 'altered');
    const end = await stack.finish(await stack.sweep(SPEC));
    expect(essence(end.progress.front)).toEqual(undisturbed);
    expect(readdirSync(stack.storePath('quarantine'))).not.toEqual([]);
  });
});
