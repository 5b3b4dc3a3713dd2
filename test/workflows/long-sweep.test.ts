import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SweepInput } from '../../core/sweep/progress.js';
import { pauseUpdate, raiseBudgetUpdate, resumeUpdate } from '../../workflows/messages.js';
import { Gate } from '../support/paper-slots.js';
import { PaperSweeps, paperSpec, progressWhen, until } from '../support/paper-sweeps.js';

const CANDIDATES = 30;
/** Events after which the server suggests to continue as new: a few candidates. */
const EVENTS = 60;
/** A run that is told so still ends what it has begun: eight candidates with two slots, each of at most so many events. */
const MOST_EVENTS = EVENTS + 8 * 20;

let sweeps: PaperSweeps;

beforeAll(async () => {
  sweeps = await PaperSweeps.open(['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${EVENTS}`]);
});
afterAll(() => sweeps.close());

describe('a sweep that is longer than a history may be', () => {
  it('given many candidates, when the history has grown, then the sweep continues as new, loses nothing and does nothing twice', async () => {
    const sparsity = Array.from({ length: CANDIDATES }, (_, i) => (i + 1) / 100);
    const failing = new Set([0.02, 0.29]);
    sweeps.slots.behave = async ({ operation }) =>
      operation.kind === 'prune' && failing.has(operation.sparsity)
        ? { kind: 'failed', error: { code: 'PRUNEFRONT_DIVERGED', message: 'NaN' } }
        : null;
    const gate = new Gate();
    const { behave } = sweeps.slots;
    // Messages that were sent before must still hold after.
    sweeps.slots.behave = async (stage, signal) => {
      const prune = stage.operation.kind === 'prune';
      return (prune ? await gate.pass(signal) : null) ?? behave(stage, signal);
    };
    const budget = { candidates: CANDIDATES - 2, wallClockMs: null };
    const handle = await sweeps.start(paperSpec('long', sparsity, { budget }));
    await until(() => gate.waiting === 2);
    expect(await handle.executeUpdate(raiseBudgetUpdate, { args: [CANDIDATES] })).toBe(CANDIDATES);
    gate.open();
    await until(async () => (await handle.describe()).runId !== handle.firstExecutionRunId);
    await handle.executeUpdate(pauseUpdate);
    await progressWhen(handle, ({ state, stages }) => state === 'paused' && stages.inFlight === 0);
    await handle.executeUpdate(resumeUpdate);

    const end = await handle.result();
    expect(end).toMatchObject({
      state: 'done',
      candidates: { ok: CANDIDATES - failing.size, failed: failing.size, total: CANDIDATES },
      budget: CANDIDATES,
      stages: { inFlight: 0, waiting: 0 },
    });
    expect(end.failures.map(({ cause }) => cause.code)).toEqual(['PRUNEFRONT_DIVERGED', 'PRUNEFRONT_DIVERGED']);
    const started = await sweeps.env.client.workflow
      .getHandle(handle.workflowId, handle.firstExecutionRunId)
      .describe();
    expect(end.startedAtMs).toBe(started.startTime.getTime());
    expect([...sweeps.slots.runsByKey().values()].every((runs) => runs === 1)).toBe(true);
    expect((await sweeps.result(handle))?.rows).toHaveLength(CANDIDATES + 1);
    for (const size of await historySizes(handle.workflowId)) expect(size).toBeLessThan(MOST_EVENTS);
  });

  /** Events of each run of a workflow. */
  async function historySizes(workflowId: string): Promise<number[]> {
    const sizes: number[] = [];
    const runs = sweeps.env.client.workflow.list({ query: `WorkflowId = '${workflowId}'` });
    for await (const { runId } of runs) {
      const { events } = await sweeps.env.client.workflow.getHandle(workflowId, runId).fetchHistory();
      sizes.push(events?.length ?? 0);
      const [begun] = events ?? [];
      const payload = begun?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data ?? new Uint8Array();
      const { carried } = JSON.parse(Buffer.from(payload).toString()) as SweepInput;
      expect(carried?.cursor ?? 0).toBeLessThanOrEqual(CANDIDATES);
    }
    expect(sizes.length).toBeGreaterThan(1);
    return sizes;
  }
});
