import { setTimeout as sleep } from 'node:timers/promises';
import { type ServiceError, status as Status } from '@grpc/grpc-js';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import type { ListSweepsResponse__Output } from '../../../proto/generated/prunefront/v1/ListSweepsResponse.js';
import type { StartSweepRequest } from '../../../proto/generated/prunefront/v1/StartSweepRequest.js';
import { Idempotency } from '../../../workers/gateway/idempotency.js';
import { Patience } from '../../../workers/gateway/sweeps/patience.js';
import { Sweeps } from '../../../workers/gateway/sweeps/sweeps.js';
import { errorOf } from '../../support/errors.js';
import { describedService, healthOf, listedServices } from '../../support/grpc-protocols.js';
import { STAGE_QUEUE, temporalServer, until } from '../../support/paper-sweeps.js';
import { TcpRelay } from '../../support/tcp-relay.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { TestGateway, yamlSpec } from '../../support/test-gateway.js';

const LONG_MS = 600_000;
const temporaryFolder = temporaryFolders(afterAll);
let store: ArtifactStore;
let server: TestWorkflowEnvironment;
let relay: TcpRelay;
let gateway: TestGateway;

// No worker runs: what is started stays as it was started.
beforeAll(async () => {
  store = await openFolderStore(await temporaryFolder());
  server = await temporalServer();
  relay = await TcpRelay.to(server.address);
  gateway = await TestGateway.start(relay.address, store, LONG_MS);
});
afterAll(async () => {
  await gateway.close();
  await relay.close();
  await server.teardown();
});

const specOf = (name: string, sparsity = 0.5) => ({
  ...{ text: yamlSpec(name, [sparsity]), fileName: 'sweep.yaml', baseFolder: '/' },
});

function start(request: StartSweepRequest): Promise<{ readonly sweepId: string; readonly started: boolean }> {
  return new Promise((resolve, reject) => {
    gateway.raw.StartSweep(request, (error, answer) => (answer ? resolve(answer) : reject(error)));
  });
}

/** What a sweep's workflow was started with. */
async function inputOf(sweepId: string): Promise<unknown> {
  const { history } = await server.client.workflowService.getWorkflowExecutionHistory({
    ...{ namespace: 'default', execution: { workflowId: `sweep-${sweepId}` } },
  });
  const payload = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  return JSON.parse(Buffer.from(payload?.data ?? '').toString());
}

describe('an idempotency key', () => {
  it('given a request that is repeated with its key, then it is answered as the first time; without a key as it is now', async () => {
    const request = { spec: specOf('keyed'), idempotencyKey: 'k-1' };
    const first = await start(request);
    expect(first.started).toBe(true);
    expect(await start(request)).toEqual(first);
    expect(await start({ spec: specOf('keyed') })).toEqual({ ...first, started: false });
  });

  it('given another request under the same key, then it is refused as ALREADY_EXISTS and nothing is started', async () => {
    await start({ spec: specOf('taken'), idempotencyKey: 'k-2' });
    for (const changed of [{ spec: specOf('other') }, { spec: specOf('taken'), priority: 1 }]) {
      const { status, error } = await gateway.failure('StartSweep', { ...changed, idempotencyKey: 'k-2' });
      expect([status, error['code']]).toEqual([Status.ALREADY_EXISTS, 'PRUNEFRONT_CONFLICT']);
    }
    expect((await gateway.client.list()).map(({ name }) => name)).not.toContain('other');
  });

  it('given a key that is too long, then it is refused', async () => {
    const { status, error } = await gateway.failure('StartSweep', {
      spec: specOf('long'),
      idempotencyKey: 'k'.repeat(129),
    });
    expect([status, error['code'], error['place']]).toEqual([
      ...[Status.INVALID_ARGUMENT, 'PRUNEFRONT_REQUEST', 'idempotency_key'],
    ]);
  });

  it('given two who ask at the same time, others under the same key, an answer of yesterday, and a failure, then each is done as often as it must', async () => {
    let done = 0;
    const { signal } = new AbortController();
    const once = (principal: string, ask = new Idempotency(store)) =>
      ask.once({ principal, method: 'm', key: 'k', request: { a: 1 }, signal }, async () => ++done);
    const shared = new Idempotency(store);
    expect(await Promise.all([once('a', shared), once('a', shared)])).toEqual([1, 1]);
    expect(await once('a')).toBe(1);
    expect(await once('b')).toBe(2);
    const [document] = await store.listDocuments('idempotency');
    for (const path of await store.listDocuments('idempotency')) {
      const kept = (await store.getDocument(path)) as object;
      await store.putDocument(path, { ...kept, atMs: Date.now() - 25 * 3_600_000 });
    }
    expect(document).toBeDefined();
    expect(await once('a')).toBe(3);
    const failing = () =>
      shared.once({ principal: 'c', method: 'm', key: 'k', request: 1, signal }, () => Promise.reject(new Error('no')));
    await expect(failing()).rejects.toThrow('no');
    expect(await shared.once({ principal: 'c', method: 'm', key: 'k', request: 1, signal }, async () => 'yes')).toBe(
      'yes',
    );
  });
});

describe('an idempotency key at several gateways', () => {
  const asked = (key: string) => ({
    ...{ principal: 'p', method: 'm', key, request: 1, signal: AbortSignal.timeout(20_000) },
  });
  const openStore = async () => openFolderStore(await temporaryFolder());

  it('given two gateways on one store, when both are asked the same at the same time, then the sweep starts once and both say so', async () => {
    const other = await TestGateway.start(relay.address, store, LONG_MS);
    const request = { spec: specOf('both'), idempotencyKey: 'k-both' };
    const atOther = new Promise((resolve, reject) => {
      other.raw.StartSweep(request, (error, answer) => (answer ? resolve(answer) : reject(error)));
    });
    const [first, second] = await Promise.all([start(request), atOther]);
    expect(first.started).toBe(true);
    expect(second).toEqual(first);
    await other.close();
  });

  it('given a first one that fails, when others wait for it, then one of them acts and the rest have its answer', async () => {
    const own = await openStore();
    let tries = 0;
    const action = async (): Promise<string> => {
      tries += 1;
      await sleep(100);
      if (tries === 1) throw new Error('no');
      return `try ${tries}`;
    };
    const ask = () => new Idempotency(own).once(asked('k'), action);
    const ended = await Promise.allSettled([ask(), ask(), ask(), ask()]);
    expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(ended.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))).toEqual(
      Array.from({ length: 3 }, () => 'try 2'),
    );
  });

  it.each([
    ['a reservation of a gateway that died', 31_000, {}],
    ['an answer of yesterday', 25 * 3_600_000, { answer: 'old' }],
  ])('given %s, when many ask, then exactly one takes over', async (_, ageMs, answer) => {
    const own = await openStore();
    await new Idempotency(own).once(asked('k'), async () => 'old');
    const [path = ''] = await own.listDocuments('idempotency');
    const { answer: __, ...kept } = (await own.getDocument(path)) as { readonly answer: unknown };
    await own.putDocument(path, { ...kept, ...answer, atMs: Date.now() - ageMs });
    let done = 0;
    const ask = () => new Idempotency(own).once(asked('k'), async () => `new ${++done}`);
    expect(new Set(await Promise.all(Array.from({ length: 20 }, ask)))).toEqual(new Set(['new 1']));
    expect(done).toBe(1);
  });

  it('given a first one that goes on, when the time of the second ends, then it is told to ask again', async () => {
    const own = await openStore();
    const gate = new AbortController();
    const first = new Idempotency(own).once(asked('k'), () => sleep(10_000, 'late', { signal: gate.signal }));
    await until(async () => (await own.listDocuments('idempotency')).length > 0);
    const second = { ...asked('k'), signal: AbortSignal.timeout(200) };
    await errorOf('PRUNEFRONT_UNREACHABLE', () => new Idempotency(own).once(second, async () => 'soon'));
    const another = { ...asked('k'), request: 2 };
    await errorOf('PRUNEFRONT_CONFLICT', () => new Idempotency(own).once(another, async () => 'other'));
    gate.abort();
    await expect(first).rejects.toThrow();
    expect(await own.listDocuments('idempotency')).toEqual([]);
  });
});

describe('how a sweep is started', () => {
  it('given priority, weight and device, then its workflow has them; given none, then the usual ones', async () => {
    const urgent = await start({ spec: specOf('urgent'), priority: 1, weight: 2.5, device: 'nvidia-h100' });
    expect(await inputOf(urgent.sweepId)).toMatchObject({
      ...{ share: { priority: 1, weight: 2.5 }, stageTaskQueue: 'prunefront-stages-nvidia-h100' },
    });
    const usual = await start({ spec: specOf('usual') });
    expect(await inputOf(usual.sweepId)).toMatchObject({
      share: { priority: 3, weight: 1 },
      stageTaskQueue: STAGE_QUEUE,
    });
  });

  it.each([
    ['priority', { priority: 6 }],
    ['priority', { priority: -1 }],
    ['weight', { weight: -0.5 }],
    ['weight', { weight: 1001 }],
    ['weight', { weight: Number.NaN }],
    ['device', { device: 'GPU of mine' }],
  ])('given a %s out of its range, then it is refused by name and nothing is started', async (place, wrong) => {
    const { status, error } = await gateway.failure('StartSweep', { spec: specOf('wrongly'), ...wrong });
    expect([status, error['code'], error['place']]).toEqual([Status.INVALID_ARGUMENT, 'PRUNEFRONT_REQUEST', place]);
    expect((await gateway.client.list()).map(({ name }) => name)).not.toContain('wrongly');
  });
});

describe('the list of sweeps', () => {
  const page = (pageSize: number, pageToken: string) =>
    new Promise<ListSweepsResponse__Output>((resolve, reject) => {
      gateway.raw.ListSweeps({ pageSize, pageToken }, (error, answer) => (answer ? resolve(answer) : reject(error)));
    });

  it('given more than a page, when sweeps start in between, then each of before is told once, newest first', async () => {
    for (let i = 0; i < 7; i++) await start({ spec: specOf(`paged-${i}`) });
    const isPaged = ({ name }: { readonly name: string }): boolean => name.startsWith('paged-');
    // The server's index follows its histories a moment later.
    await until(async () => (await gateway.client.list()).filter(isPaged).length === 7);
    const all = (await gateway.client.list()).map(({ sweepId }) => sweepId);
    let part = await page(3, '');
    const told = part.sweeps.map(({ sweepId }) => sweepId);
    const late = await start({ spec: specOf('late') });
    await until(async () => (await gateway.client.list()).some(({ sweepId }) => sweepId === late.sweepId));
    while (part.nextPageToken !== '') {
      part = await page(3, part.nextPageToken);
      told.push(...part.sweeps.map(({ sweepId }) => sweepId));
    }
    expect(told).toEqual(all);
    const starts = (await gateway.client.list()).map(({ startedAt }) => startedAt);
    expect(starts).toEqual([...starts].sort().reverse());
  });

  it.each([
    ['page_token', { pageToken: 'nonsense' }],
    ['page_size', { pageSize: -1 }],
    ['page_size', { pageSize: 1001 }],
  ])('given a bad %s, then it is refused by name', async (place, wrong) => {
    const { status, error } = await gateway.failure('ListSweeps', wrong);
    expect([status, error['code'], error['place']]).toEqual([Status.INVALID_ARGUMENT, 'PRUNEFRONT_REQUEST', place]);
  });
});

describe('a caller who waits no longer', () => {
  it('given a deadline that passes while no worker answers, then the call ends with it, and so does what was asked of Temporal', async () => {
    const { sweepId } = await start({ spec: specOf('deadline') });
    const failed = await new Promise<ServiceError | null>((resolve) => {
      gateway.raw.GetSweep({ sweepId }, { deadline: Date.now() + 500 }, (error) => resolve(error));
    });
    expect(failed?.code).toBe(Status.DEADLINE_EXCEEDED);

    const { connection } = server.client;
    const patience = new Patience(new Client({ connection }), LONG_MS);
    const sweeps = new Sweeps(new Client({ connection }), patience, store, { stageTaskQueue: STAGE_QUEUE, window: 1 });
    const gone = new AbortController();
    const asking = sweeps.heeding(gone.signal).command(sweepId, 'pause');
    asking.catch(() => undefined);
    setTimeout(() => gone.abort(), 500);
    await errorOf('PRUNEFRONT_UNREACHABLE', () => asking);
    // Nothing is left that would hold a shutdown for ten minutes.
    await patience.idle();
  });
});

describe('what Kubernetes and grpcurl ask', () => {
  it('given all services, then reflection lists them and describes their methods and the details of errors', async () => {
    const listed = await listedServices(gateway.address);
    expect(listed).toEqual(expect.arrayContaining(['prunefront.v1.SweepService', 'prunefront.v1.NodeService']));
    expect((await describedService(gateway.address, 'prunefront.v1.NodeService'))?.methods).toEqual([
      ...['ListNodes', 'GetNode', 'DrainNode', 'ResumeNode'],
    ]);
  });

  it('given a Temporal server that goes and comes back, then health says NOT_SERVING meanwhile', async () => {
    for (const service of ['', 'prunefront.v1.SweepService', 'prunefront.v1.NodeService'])
      expect(await healthOf(gateway.address, service)).toBe('SERVING');
    relay.cut();
    await until(async () => (await healthOf(gateway.address, 'prunefront.v1.SweepService')) === 'NOT_SERVING');
    relay.mend();
    await until(async () => (await healthOf(gateway.address, '')) === 'SERVING');
  });
});
