import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { parseArgs } from 'node:util';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createRunStage } from '../../activities/index.js';
import { PrunefrontClient } from '../../client/prunefront-client.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import type { SlotSnapshot } from '../../proto/generated/prunefront/v1/SlotSnapshot.js';
import { TrainerSlots } from '../../workers/gpu-node/slot-pool.js';
import { quietRuntime } from '../../workers/runtime.js';
import { table } from '../measure/print.js';
import { quantile } from '../measure/statistics.js';
import { endProgram, startProgram, startServer } from '../orchestration/processes.js';
import { type Listener, TimedSlots, type Told } from './timed-slots.js';

/**
 * How long a message of a trainer takes to a client that watches its sweep, through the node worker's heartbeat, Temporal and the gateway, over gRPC and over HTTP, and how
 * many messages watchers get: `[--watchers N] [--epochs N]`. Node worker and client share this process, and so one clock.
 */
const { values } = parseArgs({
  options: { watchers: { type: 'string', default: '50' }, epochs: { type: 'string', default: '4' } },
});
const WATCHERS = Number(values.watchers);
const SLOTS = availableParallelism();
const STAGE_QUEUE = 'bench-events';
const SPEC = `name: bench-events
model: { zoo: mnistCnn }
dataset: mnist
baseline: { epochs: ${values.epochs}, batchSize: 64, optimizer: adam }
space:
  method: { granularity: weight, criterion: magnitude, scope: global }
  sparsity: [0.5, 0.6, 0.7, 0.8]
  schedule: oneShot
  recovery: { epochs: ${values.epochs}, learningRate: 0.001 }
`;

/** A node worker with real trainers. */
async function startNode(address: string, storeFolder: string, folder: string) {
  quietRuntime();
  const trainers = new TrainerSlots(
    Array.from({ length: SLOTS }, (_, slot) => ({
      ...{ slot, socket: join(folder, `${slot}.sock`), store: storeFolder, ranOn: `bench/${slot}`, gpu: null },
      threads: 1,
      ...{ checkpointEveryMs: 5000, silenceMs: 60_000, memoryLimit: 4e9 },
    })),
  );
  await trainers.start();
  const slots = new TimedSlots(trainers);
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    ...{ connection, taskQueue: STAGE_QUEUE, maxConcurrentActivityTaskExecutions: SLOTS },
    activities: { runStage: createRunStage({ store: await openFolderStore(storeFolder), slots, node: 'bench' }) },
    ...{ maxHeartbeatThrottleInterval: '1s', defaultHeartbeatThrottleInterval: '1s' },
  });
  const work = worker.run();
  return {
    slots,
    async stop() {
      worker.shutdown();
      await work;
      await trainers.stop();
      await connection.close();
    },
  };
}

/** Follows a sweep as the page does: over HTTP, a snapshot a line. */
async function watchAsPage(page: string, sweepId: string, listener: Listener): Promise<void> {
  const answer = await fetch(new URL('api/v1/SweepService/WatchSweep', page), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sweepId }),
  });
  if (answer.body === null) throw new Error(`the page answered ${answer.status}`);
  for await (const text of createInterface({ input: Readable.fromWeb(answer.body as ReadableStream) })) {
    if (text === '') continue;
    const { snapshot } = JSON.parse(text) as { readonly snapshot: { readonly slots: readonly SlotSnapshot[] } };
    for (const { heartbeatJson } of snapshot.slots) listener.hear(JSON.parse(heartbeatJson ?? '{}') as Told);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'prunefront-bench-'));
const store = join(folder, 'store');
const { address, child: server } = await startServer(folder);
const common = ['--temporal', address, '--store', store];
const orchestrator = startProgram('workers/orchestrator/main.js', 'orchestrator', common);
const gateway = startProgram('bench/events/gateway.js', 'gpu-node', [...common, '--stage-queue', STAGE_QUEUE], 'pipe');
const clients: PrunefrontClient[] = [];
try {
  const [line] = (await once(createInterface({ input: gateway.stdout ?? process.stdin }), 'line')) as [string];
  const { address: gatewayAddress, page } = JSON.parse(line) as { readonly address: string; readonly page: string };
  const node = await startNode(address, store, folder);
  const client = new PrunefrontClient(gatewayAddress);
  clients.push(client);
  const { sweepId } = await client.start({ text: SPEC, fileName: 'bench.yaml', baseFolder: folder });
  console.log(`A sweep of mnistCnn on ${SLOTS} slots with ${WATCHERS} watchers …`);
  let received = 0;
  const others = Array.from({ length: WATCHERS - 1 }, async () => {
    const watcher = new PrunefrontClient(gatewayAddress);
    clients.push(watcher);
    for await (const _ of watcher.watch(sweepId, new AbortController().signal)) received += 1;
  });
  const startedAt = performance.now();
  const onPage = node.slots.listener();
  const watchedPage = watchAsPage(page, sweepId, onPage);
  const onWatch = node.slots.listener();
  for await (const { slots } of client.watch(sweepId, new AbortController().signal)) {
    received += 1;
    for (const { heartbeat } of slots) onWatch.hear(heartbeat);
  }
  await Promise.all([...others, watchedPage]);
  const elapsed = (performance.now() - startedAt) / 1000;
  await node.stop();
  const row = (name: string, { latencies }: Listener): string[] => {
    if (latencies.length === 0) throw new Error(`no message of a trainer arrived at ${name}`);
    const milliseconds = [0.5, 0.9, 0.99].map((fraction) => `${quantile(latencies, fraction).toFixed(0)} ms`);
    return [name, ...milliseconds, String(latencies.length)];
  };
  console.log(
    table(
      ['from a trainer’s message to', 'p50', 'p90', 'p99', 'messages'],
      [row('sweep watch', onWatch), row('page', onPage)],
    ),
  );
  console.log(
    `${(node.slots.messages / elapsed).toFixed(1)} messages a second from trainers; ${(received / elapsed).toFixed(1)} snapshots a second to ${WATCHERS} watchers`,
  );
} finally {
  for (const client of clients) client.close();
  await Promise.all([orchestrator, gateway].map(endProgram));
  await endProgram(server);
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
