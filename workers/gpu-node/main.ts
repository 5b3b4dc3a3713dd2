import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createRunStage } from '../../activities/index.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { quietRuntime } from '../runtime.js';
import { TrainerSlots } from './slot-pool.js';
import { slotsOfMachine } from './slots-of-machine.js';

/**
 * The GPU node worker: takes stages from a task queue, one for each free slot.
 * `--temporal HOST:PORT --store FOLDER --task-queue NAME [--slots N] [--node NAME] [--checkpoint-every MS] [--trainer-silence MS] [--trainer-memory MB]`
 */
const { values } = parseArgs({
  options: {
    temporal: { type: 'string', default: 'localhost:7233' },
    namespace: { type: 'string', default: 'default' },
    store: { type: 'string' },
    'task-queue': { type: 'string', default: 'prunefront-stages-default' },
    slots: { type: 'string' },
    node: { type: 'string', default: hostname() },
    'checkpoint-every': { type: 'string', default: '5000' },
    'trainer-silence': { type: 'string', default: '20000' },
    'trainer-memory': { type: 'string', default: '4096' },
  },
});
const { store: storeFolder } = values;
if (storeFolder === undefined) {
  process.stderr.write('gpu-node: --store FOLDER is missing\n');
  process.exit(2);
}

quietRuntime();
// Short, because the path of a socket may have 107 characters only.
const sockets = await mkdtemp(join(tmpdir(), 'pf-'));
const gpus = slotsOfMachine(values.slots === undefined ? null : Number(values.slots));
const slots = new TrainerSlots(
  gpus.map((gpu, slot) => ({
    socket: join(sockets, `${slot}.sock`),
    store: storeFolder,
    ranOn: `${values.node}/${slot}`,
    gpu,
    checkpointEveryMs: Number(values['checkpoint-every']),
    silenceMs: Number(values['trainer-silence']),
    memoryLimit: Number(values['trainer-memory']) * 1024 * 1024,
  })),
);
const connection = await NativeConnection.connect({ address: values.temporal });
const worker = await Worker.create({
  connection,
  namespace: values.namespace,
  taskQueue: values['task-queue'],
  identity: `gpu-node@${values.node}:${process.pid}`,
  activities: { runStage: createRunStage({ store: await openFolderStore(storeFolder), slots, node: values.node }) },
  maxConcurrentActivityTaskExecutions: gpus.length,
  maxHeartbeatThrottleInterval: '1s',
  defaultHeartbeatThrottleInterval: '1s',
  // A stage has a checkpoint every few seconds, so that nothing is gained by waiting for its end.
  shutdownGraceTime: '0s',
  shutdownForceTime: '5s',
});
const stop = (): void => {
  if (worker.getState() === 'RUNNING') worker.shutdown();
};
process.on('SIGTERM', stop);
process.on('SIGINT', () => undefined);
process.stdin.resume();
process.stdin.on('end', stop);

try {
  await Promise.all([slots.start(), worker.run()]);
} catch (error) {
  process.stderr.write(`gpu-node: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await slots.stop();
  await connection.close();
  await rm(sockets, { recursive: true, force: true });
}
process.exit();
