import { EventEmitter } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../client/prunefront-client.js';
import type { Stage } from '../../../core/sweep/stage.js';
import { pump } from '../../../workers/gateway/grpc/answers.js';
import { candidateFiles } from '../../../workers/gateway/sweeps/exports.js';
import { chunksOf } from '../../../workers/gateway/sweeps/file-stream.js';
import { errorOf } from '../../support/errors.js';
import { Gate } from '../../support/paper-slots.js';
import { PaperSweeps, until } from '../../support/paper-sweeps.js';
import { TcpRelay } from '../../support/tcp-relay.js';
import { TestGateway, yamlSpec } from '../../support/test-gateway.js';

/** A watcher asks every half second; a gateway that asks nothing for this long has none. */
const QUIET_MS = 1500;
const KILOBYTE = 1024;

let sweeps: PaperSweeps;
let relay: TcpRelay;
let gateway: TestGateway;
let gate: Gate;

beforeAll(async () => {
  sweeps = await PaperSweeps.open();
  relay = await TcpRelay.to(sweeps.env.address);
  gateway = await TestGateway.start(relay.address, sweeps.store);
});
afterAll(async () => {
  await gateway.close();
  await relay.close();
  await sweeps.close();
});
beforeEach(() => {
  gate = new Gate();
  const isPrune = ({ operation }: Stage): boolean => operation.kind === 'prune';
  sweeps.slots.behave = (stage, signal) => (isPrune(stage) ? gate.pass(signal) : Promise.resolve(null));
});

/** A sweep whose only candidate waits at the gate. */
async function heldSweep(name: string, sparsity: number): Promise<string> {
  const { sweepId } = await gateway.start(yamlSpec(name, [sparsity]));
  await until(() => gate.waiting > 0);
  return sweepId;
}

async function finishedSweep(name: string, sparsity: number): Promise<string> {
  gate.open();
  const { sweepId } = await gateway.start(yamlSpec(name, [sparsity]));
  await watcher(sweepId).ended;
  return sweepId;
}

/** Someone who watches; holds what was seen. */
function watcher(sweepId: string) {
  const seen: Snapshot[] = [];
  const stop = new AbortController();
  const ended = (async () => {
    for await (const snapshot of gateway.client.watch(sweepId, stop.signal)) seen.push(snapshot);
  })();
  return { seen, ended, stop: () => stop.abort() };
}

const statesOf = (seen: readonly Snapshot[]): string[] => seen.map(({ progress }) => progress.state);

describe('watching a sweep', () => {
  it('given several who watch, when it goes on to its end, then each sees where it is and its published end', async () => {
    const sweepId = await heldSweep('watched', 0.11);
    const watchers = [watcher(sweepId), watcher(sweepId), watcher('watched')];
    await until(() => watchers.every(({ seen }) => statesOf(seen).includes('searching')));
    gate.open();
    await Promise.all(watchers.map(({ ended }) => ended));
    for (const { seen } of watchers) {
      expect(seen.at(-1)).toMatchObject({
        progress: { state: 'done', candidates: { ok: 1 } },
        remainingMs: 0,
        slots: [],
      });
    }
    expect((await gateway.client.result(sweepId)).rows).toHaveLength(2);
  });

  it('given nothing that changes, when it is watched, then a snapshot is sent once', async () => {
    const sweepId = await heldSweep('still', 0.12);
    const { seen, stop, ended } = watcher(sweepId);
    await until(() => seen.length > 0);
    const asked = relay.sent;
    // Long enough for it to look several times.
    await until(() => relay.sent > asked + 2 * KILOBYTE);
    const texts = seen.map(({ elapsedMs: _elapsed, remainingMs: _remaining, ...rest }) => JSON.stringify(rest));
    expect(new Set(texts).size).toBe(texts.length);
    stop();
    await ended;
    gate.open();
  });

  it('given a watcher who goes, when the sweep still runs, then nothing is asked for it any more', async () => {
    const sweepId = await heldSweep('left', 0.13);
    const { seen, stop, ended } = watcher(sweepId);
    await until(() => seen.length > 0);
    stop();
    await ended;
    let asked = -1;
    await until(async () => {
      if (asked === relay.sent) return true;
      asked = relay.sent;
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      return false;
    });
    gate.open();
  });

  it('given a Temporal server that goes and comes back, when a sweep is watched, then the watcher sees its end', async () => {
    const sweepId = await heldSweep('cut', 0.14);
    const { seen, ended } = watcher(sweepId);
    await until(() => seen.length > 0);
    relay.cut();
    gate.open();
    relay.mend();
    await ended;
    expect(statesOf(seen).at(-1)).toBe('done');
  });

  it('given a store that is full for a while, when the sweep is watched, then it is said why its stage waits', async () => {
    let tries = 0;
    const { behave } = sweeps.slots;
    sweeps.slots.behave = async (stage, signal) => {
      if (stage.operation.kind !== 'prune' || ++tries > 2) return behave(stage, signal);
      return { kind: 'failed', error: { code: 'PRUNEFRONT_STORE_FULL', message: 'no space left' } };
    };
    const { sweepId } = await gateway.start(yamlSpec('crowded', [0.42]));
    const { seen, ended } = watcher(sweepId);
    await until(() => seen.some(({ retryReasons }) => retryReasons.includes('no space left')));
    gate.open();
    await ended;
    expect(seen.at(-1)).toMatchObject({ progress: { state: 'done' }, retryReasons: [] });
  });

  it('given a sweep that is terminated from outside, when it is watched, then the watcher learns that it failed', async () => {
    const sweepId = await heldSweep('terminated', 0.15);
    const { seen, ended } = watcher(sweepId);
    await until(() => seen.length > 0);
    await sweeps.env.client.workflow.getHandle(`sweep-${sweepId}`).terminate();
    await ended;
    expect(seen.at(-1)?.progress).toMatchObject({ state: 'failed', error: { code: 'PRUNEFRONT_SWEEP_STATE' } });
  });

  it('given a sweep that does not exist, when it is watched, then that is said', async () => {
    await errorOf('PRUNEFRONT_SWEEP_NOT_FOUND', () => watcher('nothing').ended);
  });
});

describe('the files of a sweep', () => {
  it('given a finished sweep, when a candidate is exported, then its files are those of the store', async () => {
    const sweepId = await finishedSweep('exported', 0.21);
    const result = await gateway.client.result(sweepId);
    for (const id of ['dense', 'c001', 'selected']) {
      const files = await gateway.client.exportCandidate(sweepId, id);
      const expected = await candidateFiles(sweeps.store, result, id);
      expect([...files.keys()]).toEqual(['model.json', 'weights.bin', 'observation.json', 'README.md']);
      for (const { name, bytes } of expected) expect(files.get(name)?.equals(bytes)).toBe(true);
    }
    const row = result.rows.find(({ id }) => id === 'c001');
    const record = await sweeps.store.getRecord(row?.stageKey ?? '');
    const weights = (await gateway.client.exportCandidate(sweepId, 'c001')).get('weights.bin');
    expect(weights?.equals(await sweeps.store.getBlob(record?.model.weights ?? ''))).toBe(true);
  });

  it('given a finished sweep, when its report is asked for, then it comes in chunks that make the stored files', async () => {
    const sweepId = await finishedSweep('reported', 0.22);
    const chunks: { readonly fileName: string; readonly chunk: Buffer }[] = [];
    for await (const part of gateway.raw.GetReport({ sweepId })) chunks.push(part);
    const published = (await sweeps.store.getDocument(`sweeps/${sweepId}/published.json`)) as {
      readonly files: Readonly<Record<string, string>>;
    };
    expect(Object.keys(published.files)).toEqual(expect.arrayContaining(['report.html', 'observations.jsonl']));
    for (const [name, key] of Object.entries(published.files)) {
      const parts = chunks.filter(({ fileName }) => fileName === name).map(({ chunk }) => chunk);
      expect(Buffer.concat(parts).equals(await sweeps.store.getBlob(key))).toBe(true);
    }
    expect(chunks.filter(({ fileName }) => fileName === 'report.html').length).toBeGreaterThan(1);
    expect(chunks.every(({ chunk }) => chunk.length <= 64 * KILOBYTE)).toBe(true);
  });

  it('given a candidate that does not exist, when it is exported, then the nearest one is named', async () => {
    const sweepId = await finishedSweep('missing', 0.23);
    const { facts } = await errorOf('PRUNEFRONT_CANDIDATE_NOT_FOUND', () =>
      gateway.client.exportCandidate(sweepId, 'c01'),
    );
    expect(facts).toMatchObject({ found: 'c01', hint: 'did you mean c001?' });
  });

  it('given a sweep that runs, when its files are asked for, then it is said that it has to end first', async () => {
    const sweepId = await heldSweep('early', 0.24);
    await errorOf('PRUNEFRONT_SWEEP_STATE', () => gateway.client.report(sweepId));
    await errorOf('PRUNEFRONT_SWEEP_STATE', () => gateway.client.exportCandidate(sweepId, 'selected'));
    gate.open();
  });

  it('given a client that goes while it reads slowly, when files are sent, then the sending ends', async () => {
    const gone = new AbortController();
    let chunks = 0;
    const full = Object.assign(new EventEmitter(), { write: () => ++chunks < 0 });
    const sending = pump(full, chunksOf([{ name: 'a', bytes: new Uint8Array(999 * KILOBYTE) }]), gone.signal);
    await until(() => chunks > 0);
    expect(chunks).toBe(1);
    gone.abort();
    await sending;
    expect(chunks).toBe(1);
  });
});
