import { credentials, status as Status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  NODE_LOST_AFTER_MS,
  type NodeRecord,
  nodeRecordPath,
  nodeWantedPath,
} from '../../../core/nodes/node-record.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import type { ListNodesResponse__Output } from '../../../proto/generated/prunefront/v1/ListNodesResponse.js';
import { NodeClient } from '../../../proto/load.js';
import { Nodes } from '../../../workers/gateway/nodes/nodes.js';
import { Cli } from '../../support/cli.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { TestGateway } from '../../support/test-gateway.js';

const DAY_MS = 86_400_000;
const temporaryFolder = temporaryFolders(afterAll);
let store: ArtifactStore;
let gateway: TestGateway;

beforeAll(async () => {
  store = await openFolderStore(await temporaryFolder());
  gateway = await TestGateway.start('127.0.0.1:1', store);
});
afterAll(() => gateway.close());

function record(name: string, changes: Partial<NodeRecord> = {}, silentMs = 0): NodeRecord {
  const told = {
    utilization: 0.91,
    memoryUsedBytes: 6e9,
    memoryTotalBytes: 80e9,
    temperatureCelsius: 61,
    powerWatts: 410,
  };
  const work = { sweep: 'demo', candidate: 'c007', label: 'weight 80 %', stageKey: 'k', phase: 'train' as const };
  const free = { state: 'free' as const, work: null, threads: 2, trainerRestarts: 0, trainerResidentBytes: 1e8 };
  return {
    ...{ name, state: 'ready', version: '0.1.0', taskQueues: ['prunefront-stages-nvidia-h100'] },
    devices: [{ id: '0', kind: 'nvidia-h100', name: 'NVIDIA H100', ...told }],
    slots: [
      { ...free, slot: 0, device: '0', state: 'busy', work: { ...work, step: 30, steps: 120, imagesPerSecond: 5200 } },
      { ...free, slot: 1, device: '0', trainerRestarts: 2 },
    ],
    ...{ startedAt: '2026-01-01T00:00:00.000Z', seenAt: new Date(Date.now() - silentMs).toISOString() },
    ...changes,
  };
}

const tell = (node: NodeRecord): Promise<void> => store.putDocument(nodeRecordPath(node.name), node);
const cli = (...args: string[]) => Cli.run('nodes', ...args, '--gateway', gateway.address);

describe('the nodes', () => {
  it('given nodes that tell, are silent, and were last seen days ago, then the first two are listed, the silent one as lost', async () => {
    await tell(record('gpu-1'));
    await tell(record('gpu-2', {}, NODE_LOST_AFTER_MS + 1000));
    await tell(record('gpu-3', {}, DAY_MS + 1000));
    const nodes = await gateway.client.nodes.list();
    expect(nodes.map(({ name, state, imagesPerSecond }) => [name, state, imagesPerSecond])).toEqual([
      ['gpu-1', 'ready', 5200],
      ['gpu-2', 'lost', 0],
    ]);
    expect(await store.getDocument(nodeRecordPath('gpu-3'))).toBeNull();
    expect(await store.getDocument(nodeRecordPath('gpu-2'))).not.toBeNull();
    expect(nodes[0]?.slots).toMatchObject([
      { state: 'busy', work: { sweep: 'demo', candidate: 'c007', step: 30, steps: 120, imagesPerSecond: 5200 } },
      { state: 'free', work: null, trainerRestarts: 2 },
    ]);
    expect(nodes[0]?.devices[0]).toMatchObject({ temperatureCelsius: 61, memoryTotalBytes: 80e9 });
  });

  it('given a driver that tells nothing, then that is not shown as zero', async () => {
    const silent = {
      ...{ utilization: null, memoryUsedBytes: null, memoryTotalBytes: null },
      temperatureCelsius: null,
    };
    await tell(record('cpu-1', { devices: [{ id: 'cpu', kind: 'cpu', name: 'CPU', ...silent, powerWatts: null }] }));
    expect((await gateway.client.nodes.get('cpu-1')).devices[0]).toMatchObject(silent);
  });

  it('given a node, when it is drained and resumed, then what is wanted, since when and by whom is in the store', async () => {
    await tell(record('gpu-4'));
    expect(await gateway.client.nodes.drain('gpu-4')).toMatchObject({ name: 'gpu-4', state: 'draining' });
    expect(await gateway.client.nodes.get('gpu-4')).toMatchObject({ state: 'draining' });
    expect(await store.getDocument(nodeWantedPath('gpu-4'))).toMatchObject({ draining: true, by: 'local' });
    await tell(record('gpu-4', { state: 'drained' }));
    expect((await gateway.client.nodes.list()).find(({ name }) => name === 'gpu-4')?.state).toBe('drained');
    expect(await gateway.client.nodes.resume('gpu-4')).toMatchObject({ state: 'drained' });
    await tell(record('gpu-4'));
    expect(await gateway.client.nodes.get('gpu-4')).toMatchObject({ state: 'ready' });
    expect(await store.getDocument(nodeWantedPath('gpu-4'))).toMatchObject({ draining: false });
  });

  it.each(['gpu-44', '../gpu-4', ''])(
    'given the name %j that no node has, when it is drained, then it is not found',
    async (name) => {
      await errorOf('PRUNEFRONT_NODE_NOT_FOUND', () => gateway.client.nodes.drain(name));
    },
  );

  it('given more nodes than a page has, when pages are asked for while nodes come and go, then each that stays is told once', async () => {
    const own = await openFolderStore(await temporaryFolder());
    const names = Array.from({ length: 25 }, (_, i) => `node-${String(i).padStart(2, '0')}`);
    for (const name of names) await own.putDocument(nodeRecordPath(name), record(name));
    const other = await TestGateway.start('127.0.0.1:1', own);
    const raw = new NodeClient(other.address, credentials.createInsecure());
    const page = (pageToken: string) =>
      new Promise<ListNodesResponse__Output>((resolve, reject) => {
        raw.ListNodes({ pageSize: 10, pageToken }, (error, answer) => (answer ? resolve(answer) : reject(error)));
      });
    const first = await page('');
    await own.putDocument(nodeRecordPath('a-new-one'), record('a-new-one'));
    await own.putDocument(nodeRecordPath('node-03'), record('node-03', {}, 2 * DAY_MS));
    const second = await page(first.nextPageToken);
    const third = await page(second.nextPageToken);
    const told = [first, second, third].flatMap(({ nodes }) => nodes.map(({ name }) => name));
    expect(told).toEqual(names);
    expect(third.nextPageToken).toBe('');
    await expect(page('nonsense')).rejects.toMatchObject({ code: Status.INVALID_ARGUMENT });
    raw.close();
    await other.close();
  });

  it('given live and lost nodes, then sweeps go to the kind of device with most live slots', async () => {
    const own = await openFolderStore(await temporaryFolder());
    const nodes = new Nodes(own);
    expect(await nodes.busiestQueue()).toBeNull();
    const cpu = {
      id: 'cpu',
      kind: 'cpu',
      name: 'CPU',
      utilization: null,
      memoryUsedBytes: null,
      memoryTotalBytes: null,
    };
    const slot = {
      slot: 0,
      device: 'cpu',
      state: 'free' as const,
      work: null,
      threads: null,
      trainerRestarts: 0,
      trainerResidentBytes: 0,
    };
    const devices = [{ ...cpu, temperatureCelsius: null, powerWatts: null }];
    await own.putDocument(nodeRecordPath('c'), record('c', { devices, slots: [slot] }));
    await own.putDocument(nodeRecordPath('g'), record('g', {}, NODE_LOST_AFTER_MS + 1000));
    expect(await nodes.busiestQueue()).toBe('prunefront-stages-cpu');
    await own.putDocument(nodeRecordPath('g'), record('g'));
    expect(await nodes.busiestQueue()).toBe('prunefront-stages-nvidia-h100');
  });
});

describe('prunefront nodes', () => {
  it('given nodes, when they are listed and shown, then people see what each does and programs get JSON', async () => {
    await tell(record('gpu-1'));
    const { stdout } = await cli();
    expect(stdout).toMatch(/gpu-1 .*ready.*NVIDIA H100.*1\/2 │ +2 │ demo c007 train 25 %.*5,200.*91\.00 %.*61/);
    expect((await cli('show', 'gpu-1')).stdout).toContain(
      'slot 1 on 0  free, trainer of 100.00 MB, 2 threads, trainer restarted 2 times',
    );
    const json = await cli('--json');
    expect(JSON.parse(json.stdout)).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'gpu-1' })]));
  });

  it('given a slot that has closed, when its node is shown, then its trainer has ended', async () => {
    const closed = { state: 'closed' as const, work: null, threads: null, trainerRestarts: 0, trainerResidentBytes: 0 };
    await tell(record('gpu-1', { slots: [{ ...closed, slot: 0, device: '0' }] }));
    expect((await cli('show', 'gpu-1')).stdout).toContain('slot 0 on 0  closed, trainer ended\n');
  });

  it('given a node, when it is drained by the command, then it is told; and one that is not there is exit code 4', async () => {
    await tell(record('gpu-1'));
    expect((await cli('drain', 'gpu-1')).stdout).toBe('gpu-1: drains\n');
    expect(await store.getDocument(nodeWantedPath('gpu-1'))).toMatchObject({ draining: true });
    expect(JSON.parse((await cli('resume', 'gpu-1', '--json')).stdout)).toMatchObject({ name: 'gpu-1' });
    const { code, stderr } = await cli('show', 'gpu-11');
    expect([code, stderr]).toEqual([4, expect.stringContaining('did you mean gpu-1?')]);
  });
});
