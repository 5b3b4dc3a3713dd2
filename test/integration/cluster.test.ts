import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { untilGone } from '../support/cli.js';
import { ClusterProcess, TestCluster } from '../support/cluster.js';
import { essence } from '../support/front-points.js';
import { healthOf } from '../support/grpc-protocols.js';
import { until } from '../support/paper-sweeps.js';

const SPEC = `
name: cluster
model: { zoo: mnistMlp }
dataset: mnist
baseline: { epochs: 1, batchSize: 32, optimizer: adam }
space:
  method: { granularity: weight, criterion: magnitude, scope: global }
  sparsity: [0.5, 0.7, 0.8]
  schedule: { polynomialDecay: { frequency: 20 } }
  recovery: { epochs: 50, learningRate: 0.0005 }
`;

/** One candidate whose training is long enough to be interrupted. */
const LONG = (sparsity: number): string =>
  SPEC.replace('[0.5, 0.7, 0.8]', `[${sparsity}]`).replace('epochs: 50', 'epochs: 150');

describe('a sweep on nodes that come and go', () => {
  let undisturbed: unknown[];
  beforeAll(async () => {
    const calm = await TestCluster.start();
    try {
      calm.node('calm');
      undisturbed = essence((await calm.finish(await calm.sweep(SPEC))).progress.front);
    } finally {
      await calm.stop();
    }
  });

  it('given two nodes, when one is killed in the middle of a stage and another one joins, then the front is that of an undisturbed sweep', async () => {
    const cluster = await TestCluster.start();
    try {
      const nodes = new Map(['one', 'two'].map((name) => [name, cluster.node(name)]));
      await Promise.all([...nodes.values()].map((node) => node.ready()));
      const sweep = await cluster.sweep(SPEC);
      const caught = await cluster.midStage(sweep);
      await nodes.get(caught.node)?.kill();
      cluster.node('three');
      const { progress } = await cluster.finish(sweep);
      expect(progress.state).toBe('done');
      expect(essence(progress.front)).toEqual(undisturbed);
      const record = await cluster.store.getRecord(caught.stageKey);
      expect(record?.resumedAt[0]).toBeGreaterThan(0);
      expect(record?.ranOn.split('/')[0]).not.toBe(caught.node);
    } finally {
      await cluster.stop();
    }
  });
});

describe('a cluster of processes', () => {
  let cluster: TestCluster;
  const nodes = new Map<string, ClusterProcess>();
  const nodeOf = (name: string): ClusterProcess => {
    const node = nodes.get(name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node;
  };
  const stateOf = async (name: string): Promise<string | undefined> =>
    (await cluster.client.nodes.list()).find((node) => node.name === name)?.state;

  beforeAll(async () => {
    cluster = await TestCluster.start();
    for (const name of ['left', 'right']) nodes.set(name, cluster.node(name));
    await Promise.all([...nodes.values()].map((node) => node.ready()));
  });
  afterAll(() => cluster.stop());

  it('given a worker, then it says version, addresses and settings with secrets masked, on its first line and over HTTP', async () => {
    const secret = 'not-for-eyes';
    const node = ClusterProcess.start('worker', [...cluster.common, '--node', 'masked', '--temporal-tls', 'off'], {
      PRUNEFRONT_TEMPORAL_API_KEY: secret,
      PRUNEFRONT_SLOTS: '1',
    });
    try {
      const line = await node.started();
      expect(line).toMatchObject({
        process: 'worker',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        pid: node.pid,
      });
      expect(line.configuration).toMatchObject({ 'temporal-api-key': '***', slots: '1', namespace: 'default' });
      const { status, text } = await node.get('/configz');
      expect([status, JSON.parse(text)]).toEqual([200, expect.objectContaining({ configuration: line.configuration })]);
      expect(JSON.stringify(line) + text + node.errors).not.toContain(secret);
    } finally {
      await node.kill();
    }
  });

  it('given a worker that serves, then HTTP and the health protocol say so, and its metrics are there with those of the SDK', async () => {
    const node = nodeOf('left');
    const { addresses } = await node.started();
    expect((await node.get('/healthz')).status).toBe(200);
    expect(await node.get('/readyz')).toMatchObject({ status: 200 });
    expect(await healthOf(addresses['health'] ?? '', 'prunefront.worker')).toBe('SERVING');
    const { text } = await node.get('/metrics');
    expect(text).toContain('prunefront_slots{node="left",state="free"} 1');
    expect(text).toContain('temporal_num_pollers');
  });

  it('given a node that is told to drain in the middle of a stage, then another node goes on from its checkpoint, and it takes stages again when it is resumed', async () => {
    const sweep = await cluster.sweep(LONG(0.5));
    const { node, stageKey, step } = await cluster.midStage(sweep);
    await cluster.client.nodes.drain(node);
    const { progress } = await cluster.finish(sweep);
    expect(progress.candidates).toMatchObject({ ok: 1, failed: 0 });
    const record = await cluster.store.getRecord(stageKey);
    expect(record?.resumedAt).toHaveLength(1);
    expect(record?.resumedAt[0]).toBeGreaterThanOrEqual(step);
    expect(record?.ranOn.split('/')[0]).not.toBe(node);
    await until(async () => (await stateOf(node)) === 'drained');
    expect(await nodeOf(node).get('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('drained') });
    expect((await nodeOf(node).get('/metrics')).text).toMatch(/stages_ended_total{.*outcome="handed_over",cause=""} 1/);
    await cluster.client.nodes.resume(node);
    await until(async () => (await stateOf(node)) === 'ready');
  });

  it('given a node that gets SIGTERM in the middle of a stage, then it hands over and ends well, and another node goes on from there', async () => {
    const sweep = await cluster.sweep(LONG(0.7));
    const { node, stageKey, step } = await cluster.midStage(sweep);
    nodeOf(node).signal('SIGTERM');
    expect(await nodeOf(node).ended).toBe(0);
    nodes.delete(node);
    await cluster.finish(sweep);
    const record = await cluster.store.getRecord(stageKey);
    expect(record?.resumedAt).toHaveLength(1);
    // Not from its last checkpoint of before.
    expect(record?.resumedAt[0]).toBeGreaterThanOrEqual(step);
    expect(record?.ranOn.split('/')[0]).not.toBe(node);
    expect(await stateOf(node)).toBeUndefined();
  });

  it('given a node whose trainer does not hear, when a second signal comes, then it ends at once and says that not everything was handed over', async () => {
    const sweep = await cluster.sweep(LONG(0.8));
    const { node: name } = await cluster.midStage(sweep);
    const node = nodeOf(name);
    for (const trainer of node.trainers) process.kill(trainer, 'SIGSTOP');
    node.signal('SIGTERM');
    await until(async () => (await node.get('/readyz')).status === 503);
    const { trainers } = node;
    node.signal('SIGTERM');
    expect(await node.ended).toBe(1);
    expect(node.errors).toContain('a second signal');
    await untilGone(trainers);
    await cluster.client.command('cancel', sweep);
  });

  describe('a process that cannot start', () => {
    let started: ClusterProcess;
    afterEach(() => started.kill());

    it('given an address that another process has, when it was asked for, then it says so; when nobody did, then it takes a free one', async () => {
      const { addresses } = await cluster.run('orchestrator', '--http', '127.0.0.1:0').started();
      const taken = addresses['http'] ?? '';
      started = ClusterProcess.start('orchestrator', [...cluster.common, '--http', taken]);
      expect(await started.ended).toBe(2);
      expect(started.errors).toContain(`found: ${taken}: listen EADDRINUSE`);
      const two = ['first', 'second'].map((node) =>
        ClusterProcess.start('worker', [...cluster.common, '--node', node, '--slots', '1']),
      );
      try {
        const lines = await Promise.all(two.map((each) => each.started()));
        expect(new Set(lines.flatMap((line) => Object.values(line.addresses))).size).toBe(4);
      } finally {
        await Promise.all(two.map((each) => each.kill()));
      }
    });

    it('given a name that another worker has, then the later one leaves', async () => {
      const name = 'twice';
      await cluster.node(name).ready();
      started = cluster.node(name);
      const code = await started.ended;
      expect([code, started.errors]).toEqual([2, expect.stringContaining('Another worker has this name')]);
      await until(async () => (await stateOf(name)) === 'ready');
    });
  });
});
