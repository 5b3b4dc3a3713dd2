import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createRunStage } from '../../activities/index.js';
import { PrunefrontClient } from '../../client/prunefront-client.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { TrainerSlots } from '../../workers/gpu-node/slot-pool.js';
import { quietRuntime } from '../../workers/runtime.js';
import { table } from '../measure/print.js';
import { quantile } from '../measure/statistics.js';
import { endProgram, startProgram, startServer } from '../orchestration/processes.js';
import { TimedSlots } from './timed-slots.js';

/**
 * How long a message of a trainer takes to a client that watches its sweep, through the node worker's heartbeat, Temporal and the gateway, and how
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

const folder = mkdtempSync(join(tmpdir(), 'prunefront-bench-'));
const store = join(folder, 'store');
const { address, child: server } = await startServer(folder);
const common = ['--temporal', address, '--store', store];
const orchestrator = startProgram('workers/orchestrator/main.js', 'orchestrator', common);
const gateway = startProgram('bench/events/gateway.js', 'gpu-node', [...common, '--stage-queue', STAGE_QUEUE], 'pipe');
const clients: PrunefrontClient[] = [];
try {
  const [gatewayAddress] = (await once(createInterface({ input: gateway.stdout ?? process.stdin }), 'line')) as [
    string,
  ];
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
  const latencies: number[] = [];
  for await (const { slots } of client.watch(sweepId, new AbortController().signal)) {
    received += 1;
    for (const { heartbeat } of slots) latencies.push(...node.slots.arrived(heartbeat));
  }
  await Promise.all(others);
  const elapsed = (performance.now() - startedAt) / 1000;
  await node.stop();
  if (latencies.length === 0) throw new Error('no message of a trainer arrived');
  const milliseconds = (fraction: number): string => `${quantile(latencies, fraction).toFixed(0)} ms`;
  console.log(
    table(
      ['from a trainer’s message to the client', 'p50', 'p90', 'p99', 'messages'],
      [['sweep watch', milliseconds(0.5), milliseconds(0.9), milliseconds(0.99), String(latencies.length)]],
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
