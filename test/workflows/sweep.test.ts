import { writeFile } from 'node:fs/promises';
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { TrainerOutcome } from '../../activities/index.js';
import type { Schedule } from '../../core/sweep/schedule.js';
import type { Stage } from '../../core/sweep/stage.js';
import {
  cancelUpdate,
  pauseUpdate,
  raiseBudgetUpdate,
  resumeUpdate,
  STATE_ATTRIBUTE,
} from '../../workflows/messages.js';
import { freshPaperSweeps } from '../support/fresh-paper-sweeps.js';
import { type PaperSweeps, paperSpec, progressWhen, type SweepHandle, until } from '../support/paper-sweeps.js';

let sweeps: PaperSweeps;
freshPaperSweeps((opened) => {
  sweeps = opened;
});

const isPrune = (stage: Stage): boolean => stage.operation.kind === 'prune';
const prunedTo = (stage: Stage): number => (stage.operation.kind === 'prune' ? stage.operation.sparsity : 0);
const impossible: TrainerOutcome = {
  kind: 'failed',
  error: { code: 'PRUNEFRONT_IMPOSSIBLE_SHAPE', message: 'a layer without units', place: 'dense_1' },
};

async function refusal(work: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) return error.cause;
  throw new Error('the update was not refused', { cause: error });
}

describe('a sweep', () => {
  it('given a spec, when it runs, then every candidate is run, selected from, scored on test and published', async () => {
    const handle = await sweeps.start(paperSpec('whole', [0.11, 0.12, 0.13]));
    const end = await handle.result();
    expect(end).toMatchObject({ state: 'done', candidates: { ok: 3, failed: 0, proposed: 3, total: 3 } });
    expect(end.stages).toEqual({ done: 8, reused: 0, inFlight: 0, waiting: 0, shared: 0 });
    expect(end.front.every(({ summary }) => summary.testAccuracy !== null)).toBe(true);
    const result = await sweeps.result(handle);
    expect(result?.rows.map(({ id }) => id)).toEqual(['dense', 'c001', 'c002', 'c003']);
    expect(result?.selection).toEqual(end.selected);
  });

  it('given a window of two, when six candidates wait, then at most two stages are in flight', async () => {
    const handle = await sweeps.start(paperSpec('window', [0.21, 0.22, 0.23, 0.24, 0.25, 0.26]));
    const gate = sweeps.slots.hold();
    const held = await progressWhen(handle, ({ stages }) => stages.inFlight === 2);
    expect(held.stages).toMatchObject({ inFlight: 2, waiting: 4 });
    gate.open();
    await handle.result();
    const pruned = sweeps.slots.ran.filter(isPrune);
    expect(pruned).toHaveLength(6);
  });

  it('given candidates that share rounds, when they run, then each stage is run once and the others wait for it without a slot', async () => {
    const tuned = (learningRate: number): Schedule => ({
      iterative: { rounds: 2, rewind: 'none', epochsPerRound: 1, fineTune: { epochs: 1, learningRate } },
    });
    const base = paperSpec('shared', [0.31, 0.32]);
    const space = { ...base.space, schedule: [tuned(0.1), tuned(0.2)] };
    const gate = sweeps.slots.hold();
    const handle = await sweeps.start({ ...base, space });
    // Two candidates of each sparsity: while a pair waits for its first round, the other pair's is in flight.
    await until(() => gate.waiting === 2);
    gate.open();
    const end = await handle.result();
    expect(end.candidates.ok).toBe(4);
    expect([...sweeps.slots.runsByKey().values()].every((runs) => runs === 1)).toBe(true);
    expect(sweeps.slots.ran.filter(isPrune)).toHaveLength(4);
    expect(end.stages).toMatchObject({ waiting: 0, shared: 4 });
  });

  it('given a sweep that ran before, when another one asks for the same stages, then nothing is trained again', async () => {
    await (await sweeps.start(paperSpec('again', [0.41, 0.42]))).result();
    sweeps.slots.ran.length = 0;
    const end = await (await sweeps.start(paperSpec('again', [0.41, 0.42]))).result();
    expect(sweeps.slots.ran).toEqual([]);
    expect(end.stages).toMatchObject({ done: 6, reused: 6 });
  });
});

describe('a sweep that meets failures', () => {
  it('given one candidate that asks for an impossible shape, when it fails, then it fails alone with its typed cause', async () => {
    sweeps.slots.behave = async (stage) => (prunedTo(stage) === 0.52 ? impossible : null);
    const handle = await sweeps.start(paperSpec('alone', [0.51, 0.52, 0.53]));
    const end = await handle.result();
    expect(end).toMatchObject({ state: 'done', candidates: { ok: 2, failed: 1 } });
    expect(end.failures).toEqual([
      expect.objectContaining({ id: 'c002', cause: impossible.kind === 'failed' ? impossible.error : null }),
    ]);
    const row = (await sweeps.result(handle))?.rows.find(({ id }) => id === 'c002');
    expect(row).toMatchObject({ status: 'failed', cause: { code: 'PRUNEFRONT_IMPOSSIBLE_SHAPE', place: 'dense_1' } });
    expect(sweeps.slots.ran.filter((stage) => prunedTo(stage) === 0.52)).toHaveLength(1);
  });

  it('given a dense model that cannot be trained, when it fails, then the sweep fails with that cause', async () => {
    sweeps.slots.behave = async () => impossible;
    const handle = await sweeps.start(
      paperSpec('no-dense', [0.5], { baseline: { ...paperSpec('', []).baseline, seed: 2 } }),
    );
    const error = await handle.result().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect((error as WorkflowFailedError).cause).toMatchObject({ type: 'PRUNEFRONT_IMPOSSIBLE_SHAPE' });
    expect(await progressWhen(handle, () => true)).toMatchObject({ state: 'failed', error: { place: 'dense_1' } });
  });

  it('given the baseline’s artifact altered on disk, when candidates need it, then it is made again once and the sweep goes on', async () => {
    const gate = sweeps.slots.hold();
    const handle = await sweeps.start(paperSpec('altered', [0.61, 0.62]));
    await until(() => gate.waiting === 2);
    const dense = (await progressWhen(handle, ({ baseline }) => baseline !== null)).baseline?.stageKey ?? '';
    await damage(dense);
    sweeps.slots.ran.length = 0;
    gate.open();
    expect(await handle.result()).toMatchObject({ state: 'done', candidates: { ok: 2, failed: 0 } });
    expect(sweeps.slots.runsByKey().get(dense)).toBe(1);
  });

  it('given a candidate’s artifact altered after it ended, when the sweep publishes, then it is made again first', async () => {
    const gate = sweeps.slots.hold(({ operation }) => operation.kind === 'score');
    const handle = await sweeps.start(paperSpec('late', [0.71, 0.72]));
    await until(() => gate.waiting > 0);
    const point = (await progressWhen(handle, () => true)).front.find(({ id }) => id === 'c002');
    await damage(point?.stageKey ?? '');
    gate.open();
    expect((await handle.result()).state).toBe('done');
    const rows = (await sweeps.result(handle))?.rows ?? [];
    expect(rows.map(({ id, status }) => [id, status])).toEqual([
      ['dense', 'ok'],
      ['c001', 'ok'],
      ['c002', 'ok'],
    ]);
    expect(sweeps.slots.runsByKey().get(point?.stageKey ?? '')).toBe(2);
  });

  /** Alters an artifact of a stage on disk. */
  async function damage(stageKey: string): Promise<void> {
    const record = await sweeps.store.getRecord(stageKey);
    const key = record?.state ?? '';
    await writeFile(sweeps.blobPath(key), 'altered');
  }
});

describe('the messages of a sweep', () => {
  it('given a sweep that searches, when it is paused, then running stages end and none starts until it is resumed', async () => {
    const gate = sweeps.slots.hold();
    const handle = await sweeps.start(paperSpec('paused', [0.81, 0.82, 0.83, 0.84]));
    await until(() => gate.waiting === 2);
    await handle.executeUpdate(pauseUpdate);
    gate.open();
    // The workflow would have begun the next candidate in the very task in which it counted the one before.
    const paused = await progressWhen(handle, ({ candidates }) => candidates.ok === 2);
    expect(paused).toMatchObject({ state: 'paused', stages: { inFlight: 0, waiting: 2 } });
    expect(sweeps.slots.ran.filter(isPrune)).toHaveLength(2);
    await until(async () => (await handle.describe()).typedSearchAttributes.get(STATE_ATTRIBUTE) === 'paused');
    await handle.executeUpdate(resumeUpdate);
    expect(await handle.result()).toMatchObject({ state: 'done', candidates: { ok: 4 } });
  });

  it('given running stages, when the sweep is cancelled, then they are taken back and what has finished is published', async () => {
    const gate = sweeps.slots.hold((stage) => prunedTo(stage) > 0.91);
    const handle = await sweeps.start(paperSpec('cancelled', [0.91, 0.92, 0.93, 0.94]));
    await until(() => gate.waiting === 2);
    await progressWhen(handle, ({ candidates }) => candidates.ok === 1);
    await handle.executeUpdate(cancelUpdate);
    expect(await handle.result()).toMatchObject({ state: 'cancelled', candidates: { ok: 1, failed: 0 } });
    expect((await sweeps.result(handle))?.rows.map(({ id }) => id)).toEqual(['dense', 'c001']);
    expect(sweeps.slots.ran.filter(isPrune)).toHaveLength(3);
  });

  it('given Temporal’s own cancellation, when it arrives, then it means the same', async () => {
    const gate = sweeps.slots.hold();
    const handle = await sweeps.start(paperSpec('cancelled-outside', [0.95]));
    await until(() => gate.waiting === 1);
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ state: 'cancelled' });
  });

  it('given a cancelled sweep whose finalists cannot be scored, when it is cancelled again, then it is published without', async () => {
    const gate = sweeps.slots.hold(({ operation }) => operation.kind === 'score');
    const handle = await sweeps.start(paperSpec('twice', [0.96]));
    await until(() => gate.waiting > 0);
    await handle.executeUpdate(cancelUpdate);
    expect(await handle.result()).toMatchObject({ state: 'cancelled', candidates: { ok: 1 } });
    const row = (await sweeps.result(handle))?.rows.find(({ id }) => id === 'c001');
    expect(row).toMatchObject({ status: 'ok', observation: { test: null } });
  });

  it('given a budget of two, when it is raised while they run, then the search goes on with more', async () => {
    const gate = sweeps.slots.hold();
    const budget = { candidates: 2, wallClockMs: null };
    const handle = await sweeps.start(paperSpec('raised', [0.01, 0.02, 0.03, 0.04, 0.05], { budget }));
    await until(() => gate.waiting === 2);
    expect(await handle.executeUpdate(raiseBudgetUpdate, { args: [4] })).toBe(4);
    gate.open();
    expect(await handle.result()).toMatchObject({ state: 'done', candidates: { ok: 4, total: 4 }, budget: 4 });
  });

  it('given a message that makes no sense, when it is sent, then it is refused with a typed reason and changes nothing', async () => {
    const gate = sweeps.slots.hold();
    const handle = await sweeps.start(paperSpec('refused', [0.06]));
    await until(() => gate.waiting === 1);
    for (const candidates of [100, 3, 100.5]) {
      const { type, message } = await refusal(handle.executeUpdate(raiseBudgetUpdate, { args: [candidates] }));
      expect(type).toBe('PRUNEFRONT_SWEEP_STATE');
      expect(message).toContain('budget is 100');
    }
    await handle.executeUpdate(cancelUpdate);
    await expectEnded(handle);
  });

  it('given a wall clock that runs out, when stages still run, then they end and no other candidate begins', async () => {
    const gate = sweeps.slots.hold();
    const budget = { candidates: 100, wallClockMs: 1 };
    const handle = await sweeps.start(paperSpec('clock', [0.071, 0.072, 0.073, 0.074], { budget }));
    await until(async () => {
      const { events } = await handle.fetchHistory();
      return (events ?? []).some(({ timerFiredEventAttributes }) => timerFiredEventAttributes != null);
    });
    gate.open();
    const end = await handle.result();
    expect(end.state).toBe('done');
    expect(end.candidates.ok).toBeLessThanOrEqual(2);
  });

  async function expectEnded(handle: SweepHandle): Promise<void> {
    expect((await handle.result()).state).toBe('cancelled');
  }
});
