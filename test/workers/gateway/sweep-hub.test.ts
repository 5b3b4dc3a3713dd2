import { Client } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Stage } from '../../../core/sweep/stage.js';
import { Patience } from '../../../workers/gateway/sweeps/patience.js';
import type { SeenSweep } from '../../../workers/gateway/sweeps/snapshot.js';
import { type KnownSweep, SweepHub } from '../../../workers/gateway/sweeps/sweep-hub.js';
import { Sweeps } from '../../../workers/gateway/sweeps/sweeps.js';
import { Gate } from '../../support/paper-slots.js';
import { PaperSweeps, paperSpec, progressWhen, STAGE_QUEUE, until } from '../../support/paper-sweeps.js';

let sweeps: PaperSweeps;
let gate: Gate;
let describes = 0;
let queries = 0;
let closing: AbortController;
let hub: SweepHub;
let found: Sweeps;

beforeAll(async () => {
  sweeps = await PaperSweeps.open();
});
afterAll(() => sweeps.close());
beforeEach(() => {
  gate = new Gate();
  const isPrune = ({ operation }: Stage): boolean => operation.kind === 'prune';
  sweeps.slots.behave = (stage, signal) => (isPrune(stage) ? gate.pass(signal) : Promise.resolve(null));
  describes = 0;
  queries = 0;
  const counting = {
    describe: (input: never, next: (input: never) => Promise<never>) => {
      describes += 1;
      return next(input);
    },
    query: (input: never, next: (input: never) => Promise<never>) => {
      queries += 1;
      return next(input);
    },
  };
  const { connection } = sweeps.env.client;
  const client = new Client({ connection, interceptors: { workflow: [counting as never] } });
  const patience = new Patience(client, 10_000);
  closing = new AbortController();
  found = new Sweeps(client, patience, sweeps.store, { stageTaskQueue: STAGE_QUEUE, window: 2 });
  hub = new SweepHub(found, patience, closing.signal);
  return () => closing.abort();
});

const idOf = (workflowId: string): string => workflowId.replace(/^sweep-/, '');

/** What the hub knows of the newest sweep of a name, once it satisfies a condition. */
async function knownWhen(name: string, condition: (known: KnownSweep) => boolean): Promise<KnownSweep> {
  let known: KnownSweep | undefined;
  await until(() => {
    known = hub.newest().find((each) => each.name === name);
    return known !== undefined && condition(known);
  });
  if (known === undefined) throw new Error('never known');
  return known;
}

describe('a sweep that many watch', () => {
  it('given a watcher, when others ask where it is, then they are told what the watcher was, until a command changes it', async () => {
    const handle = await sweeps.start(paperSpec('asked', [0.31]));
    await progressWhen(handle, ({ state }) => state === 'searching');
    const sweep = await found.find(idOf(handle.workflowId));
    const watching = hub.watch(sweep, closing.signal);
    const { value: first } = await watching.next();
    const told = await Promise.all(
      Array.from({ length: 20 }, () => hub.now(sweep, new Patience(sweeps.env.client, 1))),
    );
    for (const each of told) expect(each?.progress).toBe((first as SeenSweep).progress);
    await found.command(sweep.sweepId, 'pause');
    hub.changed();
    expect((await hub.now(sweep, new Patience(sweeps.env.client, 10_000)))?.progress.state).toBe('paused');
    await found.command(sweep.sweepId, 'resume');
    gate.open();
    await handle.result();
  });

  it('given a watcher of stages that train, then Temporal is asked where they are, and the workflow only once something happened to it', async () => {
    const handle = await sweeps.start(paperSpec('quiet', [0.32]));
    await progressWhen(handle, ({ state }) => state === 'searching');
    const sweep = await found.find(idOf(handle.workflowId));
    const watching = hub.watch(sweep, closing.signal);
    await watching.next();
    // What the start of the stage has written is read by then.
    const settled = describes + 3;
    await until(() => describes > settled);
    queries = 0;
    await until(() => describes > settled + 3);
    expect(queries).toBe(0);
    gate.open();
    await handle.result();
    await until(() => queries > 0);
  });

  it('given fifty watchers, when it goes on to its end, then each sees it, and Temporal is asked as for one', async () => {
    const handle = await sweeps.start(paperSpec('crowd', [0.11]));
    await progressWhen(handle, ({ state }) => state === 'searching');
    const sweep = await found.find(idOf(handle.workflowId));
    describes = 0;
    const stop = new AbortController();
    const seen = Array.from({ length: 50 }, () => [] as SeenSweep[]);
    const watching = seen.map(async (own) => {
      for await (const sighting of hub.watch(sweep, stop.signal)) own.push(sighting);
    });
    await until(() => seen.every((own) => own.length > 0));
    // One look a turn; fifty followers would look fifty times in the first turn alone.
    expect(describes).toBeLessThan(25);
    gate.open();
    await Promise.all(watching);
    for (const own of seen) expect(own.at(-1)).toMatchObject({ isRunning: false, progress: { state: 'done' } });
  });

  it('given one who leaves and one who comes at that moment, then the second sees the sweep to its end', async () => {
    const handle = await sweeps.start(paperSpec('handover', [0.12]));
    await progressWhen(handle, ({ state }) => state === 'searching');
    const sweep = await found.find(idOf(handle.workflowId));
    for await (const _ of hub.watch(sweep, closing.signal)) break;
    const states: string[] = [];
    for await (const { progress } of hub.watch(sweep, closing.signal)) {
      states.push(progress.state);
      gate.open();
    }
    expect(states.at(-1)).toBe('done');
  });
});

describe('the newest sweep of each name', () => {
  it('given two of one name, when the hub is asked now and then, then it tells the newer one as it runs and after its end', async () => {
    const start = (sparsity: number) => found.start(paperSpec('known', [sparsity]), '');
    gate.open();
    const first = await start(0.13);
    await knownWhen('known', ({ sweepId, endedAtMs }) => sweepId === first.sweepId && endedAtMs !== null);
    gate = new Gate();
    const second = await start(0.14);
    const running = await knownWhen(
      'known',
      ({ sweepId, stagesRunning }) => sweepId === second.sweepId && stagesRunning > 0,
    );
    expect(running).toMatchObject({ endedAtMs: null, progress: { state: 'searching', wallClockMs: null } });
    gate.open();
    const ended = await knownWhen('known', ({ endedAtMs }) => endedAtMs !== null);
    expect(ended).toMatchObject({
      sweepId: second.sweepId,
      stagesRunning: 0,
      remainingMs: 0,
      progress: { state: 'done' },
    });
    expect(ended.progress.lastProgressAtMs).toBeGreaterThan(ended.progress.startedAtMs);
    expect(hub.newest().filter(({ name }) => name === 'known')).toHaveLength(1);
  });
});
