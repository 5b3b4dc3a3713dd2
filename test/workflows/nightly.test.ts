import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, describe, expect, it } from 'vitest';
import { NightLog } from '../../core/nightly/night-log.js';
import { sweepIdOf } from '../../core/spec/sweep-id.js';
import { EQUAL_SHARE, type SweepInput } from '../../core/sweep/progress.js';
import { freshPaperSweeps } from '../support/fresh-paper-sweeps.js';
import { nightSpec, savedNightModel, startNight } from '../support/paper-nights.js';
import { type PaperSweeps, STAGE_QUEUE, until } from '../support/paper-sweeps.js';
import { temporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = temporaryFolders(afterAll);

let sweeps: PaperSweeps;
freshPaperSweeps((opened) => {
  sweeps = opened;
});

/** An empty folder to watch. */
async function watched(): Promise<string> {
  const folder = join(await temporaryFolder(), 'models');
  await mkdir(folder);
  return folder;
}

/** What the workflow of a sweep was started with. */
async function inputOf(sweepId: string): Promise<SweepInput> {
  const { events } = await sweeps.env.client.workflow.getHandle(`sweep-${sweepId}`).fetchHistory();
  const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  if (payload === undefined) throw new Error('no start in the history');
  return defaultPayloadConverter.fromPayload<SweepInput>(payload);
}

describe('a night', () => {
  it('given a night before it, then its sweep starts from the front of that one', async () => {
    const models = await watched();
    const spec = nightSpec('fronts', models);
    await savedNightModel(models, 1);
    const first = await (await startNight(sweeps, spec, 1)).result();
    expect(first).toMatchObject({ outcome: 'published', version: 1, comparison: null });
    expect(await inputOf(first.sweepId ?? '')).not.toHaveProperty('startFrom');
    await savedNightModel(models, 2);
    const second = await (await startNight(sweeps, spec, 2)).result();
    const { startFrom } = await inputOf(second.sweepId ?? '');
    expect(startFrom?.map(({ sparsity }) => sparsity).sort()).toEqual([0.2, 0.5]);
    expect(second.comparison).toMatchObject({ gained: [], lost: [], stayed: 3 });
  });

  it('given its sweep run by somebody else already, then it waits for that one and repeats nothing', async () => {
    const models = await watched();
    const spec = nightSpec('shared', models);
    const file = await savedNightModel(models, 3);
    const sweepId = await sweepIdOf({ ...spec, model: { file } });
    const { nightly: _, ...search } = spec;
    const gate = sweeps.slots.hold(() => true);
    const input: SweepInput = {
      ...{
        sweepId,
        spec: { ...search, model: { file } },
        source: '',
        stageTaskQueue: STAGE_QUEUE,
        window: 2,
        share: EQUAL_SHARE,
      },
    };
    const taskQueue = 'prunefront-orchestrator';
    const other = await sweeps.env.client.workflow.start('sweepWorkflow', {
      ...{ workflowId: `sweep-${sweepId}`, taskQueue, args: [input] },
    });
    await until(() => gate.waiting > 0);
    const night = await startNight(sweeps, spec, 1);
    await until(async () => {
      const { events } = await night.fetchHistory();
      return (events ?? []).some(({ startChildWorkflowExecutionFailedEventAttributes: failed }) => failed != null);
    });
    gate.open();
    await other.result();
    expect(await night.result()).toMatchObject({ outcome: 'published', sweepId, stages: { run: 0 } });
  });

  it('when it is cancelled, then its sweep stops, the night is recorded as failed, and nothing is published', async () => {
    const models = await watched();
    const spec = nightSpec('cancelled', models);
    await savedNightModel(models, 4);
    const gate = sweeps.slots.hold(() => true);
    const night = await startNight(sweeps, spec, 1);
    await until(() => gate.waiting > 0);
    await night.cancel();
    await night.result().catch(() => undefined);
    const [record] = await new NightLog(sweeps.store).newest('cancelled', 1);
    expect(record).toMatchObject({ outcome: 'failed', version: null, error: { code: 'PRUNEFRONT_SWEEP_STATE' } });
    expect(record?.reason).toMatch(/cancelled|came to no result/);
    const { status } = await sweeps.env.client.workflow.getHandle(`sweep-${record?.sweepId}`).describe();
    expect(status.name).not.toBe('RUNNING');
  });

  it('given a sweep in which nothing works, then the night fails with its cause', async () => {
    const models = await watched();
    await savedNightModel(models, 5);
    sweeps.slots.behave = async () => ({ kind: 'failed', error: { code: 'PRUNEFRONT_OUT_OF_MEMORY', message: 'OOM' } });
    const night = await startNight(sweeps, nightSpec('failing', models), 1);
    expect(await night.result()).toMatchObject({
      ...{ outcome: 'failed', reason: 'OOM.', error: { code: 'PRUNEFRONT_OUT_OF_MEMORY' } },
    });
  });
});
