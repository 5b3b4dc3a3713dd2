import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PrunefrontClient, type ToldEvent } from '../../../client/prunefront-client.js';
import { eventsFolder } from '../../../core/sweep/events.js';
import type { Stage } from '../../../core/sweep/stage.js';
import { errorOf } from '../../support/errors.js';
import { Gate } from '../../support/paper-slots.js';
import { PaperSweeps, paperSpec, until } from '../../support/paper-sweeps.js';
import { TcpRelay } from '../../support/tcp-relay.js';
import { TestGateway, yamlSpec } from '../../support/test-gateway.js';

let sweeps: PaperSweeps;
let gateway: TestGateway;
let gate: Gate;

beforeAll(async () => {
  // Histories are long soon, so that a sweep of many candidates continues as new.
  sweeps = await PaperSweeps.open(['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=300']);
  gateway = await TestGateway.start(sweeps.env.address, sweeps.store);
});
afterAll(async () => {
  await gateway.close();
  await sweeps.close();
});
beforeEach(() => {
  gate = new Gate();
  const isPrune = ({ operation }: Stage): boolean => operation.kind === 'prune';
  sweeps.slots.behave = (stage, signal) => (isPrune(stage) ? gate.pass(signal) : Promise.resolve(null));
});

async function all(client: PrunefrontClient, sweepId: string, after = 0): Promise<ToldEvent[]> {
  const told: ToldEvent[] = [];
  for await (const event of client.events(sweepId, { after })) told.push(event);
  return told;
}

const numbers = (events: readonly ToldEvent[]): number[] => events.map(({ sequence }) => sequence);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('the events of a sweep', () => {
  it('given a sweep, when it runs to its end, then each thing that happened is told once, in order, in words and with its facts', async () => {
    sweeps.slots.behave = async ({ operation }) =>
      operation.kind === 'prune' && operation.sparsity === 0.12
        ? { kind: 'failed', error: { code: 'PRUNEFRONT_DIVERGED', message: 'NaN' } }
        : null;
    const { sweepId } = await gateway.start(yamlSpec('told', [0.11, 0.12]));
    const told = await all(gateway.client, sweepId);
    expect(numbers(told)).toEqual(upTo(told.length));
    expect(told.map(({ kind }) => kind)).toEqual([
      ...['started', 'stateChanged', 'stateChanged', 'baselineMeasured', 'stateChanged'],
      ...told.slice(5, 7).map(({ kind }) => kind),
      ...['stateChanged', 'selected', 'stateChanged', 'ended'],
    ]);
    expect(new Set(told.slice(5, 7).map(({ kind }) => kind))).toEqual(new Set(['candidateEnded', 'candidateFailed']));
    expect(told.find(({ kind }) => kind === 'candidateFailed')).toMatchObject({
      cause: { code: 'PRUNEFRONT_DIVERGED' },
      message: expect.stringContaining('failed: NaN'),
    });
    expect(told.at(-1)).toMatchObject({ state: 'done', error: null });
    // Who comes after the end is told the same.
    expect(await all(gateway.client, sweepId)).toEqual(told);
    expect(await all(gateway.client, sweepId, 9)).toEqual(told.slice(9));
  });

  it('given many candidates, when older events are in the store and the workflow continued as new, then nobody sees the seam', async () => {
    gate.open();
    const sparsity = Array.from({ length: 90 }, (_, i) => 0.2 + i / 1000);
    const handle = await sweeps.start(paperSpec('many', sparsity));
    const sweepId = handle.workflowId.replace(/^sweep-/, '');
    const live = all(gateway.client, sweepId);
    await handle.result();
    const told = await live;
    expect(numbers(told)).toEqual(upTo(told.length));
    expect(told.filter(({ kind }) => kind === 'candidateEnded')).toHaveLength(90);
    const kept = await sweeps.store.listDocuments(eventsFolder(sweepId, handle.firstExecutionRunId));
    expect(kept.length).toBeGreaterThan(1);
    expect(await all(gateway.client, sweepId)).toEqual(told);
    expect(await all(gateway.client, sweepId, 37)).toEqual(told.slice(37));
  });

  it('given a connection that breaks and then a gateway that restarts, when a stream is in its middle, then each event is told once, in order', async () => {
    let door = await TestGateway.start(sweeps.env.address, sweeps.store);
    const relay = await TcpRelay.to(door.address);
    const client = new PrunefrontClient(relay.address);
    const { sweepId } = await gateway.start(yamlSpec('broken', [0.41]));
    await until(() => gate.waiting > 0);
    const told: ToldEvent[] = [];
    const following = (async () => {
      for await (const event of client.events(sweepId)) told.push(event);
    })();
    const states = (): string[] => told.flatMap((event) => (event.kind === 'stateChanged' ? [event.state] : []));
    await until(() => states().includes('searching'));

    relay.cut();
    await gateway.client.command('pause', sweepId);
    relay.mend();
    await until(() => states().includes('paused'));

    const { address } = door;
    await door.close();
    await gateway.client.command('resume', sweepId);
    await gateway.client.command('pause', sweepId);
    door = await TestGateway.start(sweeps.env.address, sweeps.store, 10_000, { listen: address });
    await until(() => states().filter((state) => state === 'paused').length === 2);

    await gateway.client.command('resume', sweepId);
    gate.open();
    await following;
    expect(numbers(told)).toEqual(upTo(told.length));
    expect(told.at(-1)).toMatchObject({ kind: 'ended', state: 'done' });
    expect(await all(gateway.client, sweepId)).toEqual(told);
    client.close();
    await relay.close();
    await door.close();
  });

  it('given a sweep that is terminated from outside, then its last event says so, at every gateway the same', async () => {
    const { sweepId } = await gateway.start(yamlSpec('terminated', [0.51]));
    await until(() => gate.waiting > 0);
    const live = all(gateway.client, sweepId);
    await sweeps.env.client.workflow.getHandle(`sweep-${sweepId}`).terminate();
    const told = await live;
    expect(told.at(-1)).toMatchObject({ kind: 'ended', state: 'failed', sequence: told.length });
    const other = await TestGateway.start(sweeps.env.address, sweeps.store);
    expect(await all(other.client, sweepId)).toEqual(told);
    expect(await all(other.client, sweepId, told.length)).toEqual([]);
    await errorOf('PRUNEFRONT_SWEEP_STATE', () => all(other.client, sweepId, told.length + 1));
    await other.close();
  });

  it('given a number that the sweep has not come to, when it is asked for what follows, then that is refused', async () => {
    const { sweepId } = await gateway.start(yamlSpec('ahead', [0.52]));
    await until(() => gate.waiting > 0);
    const { facts } = await errorOf('PRUNEFRONT_SWEEP_STATE', () => all(gateway.client, sweepId, 1000));
    expect(facts.hint).toBe('perhaps it was started again since; ask for its events from 0');
    gate.open();
    const { length } = await all(gateway.client, sweepId);
    expect(await all(gateway.client, sweepId, length)).toEqual([]);
    const ended = await errorOf('PRUNEFRONT_SWEEP_STATE', () => all(gateway.client, sweepId, length + 1));
    expect(ended.facts).toEqual({ ...facts, found: `${length} events`, allowed: `0 to ${length}` });
  });
});
