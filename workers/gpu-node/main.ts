import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from '@temporalio/worker';
import { createRunStage } from '../../activities/index.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { required, runProgram, wholeNumber } from '../command-line.js';
import { connectToTemporal, quietRuntime } from '../runtime.js';
import { onStop } from '../stop-signals.js';
import { TrainerSlots } from './slot-pool.js';
import { slotsOfMachine } from './slots-of-machine.js';

/**
 * The GPU node worker: takes stages from a task queue, one for each free slot.
 * `--temporal HOST:PORT --store FOLDER --task-queue NAME [--slots N] [--node NAME] [--checkpoint-every MS] [--trainer-silence MS] [--trainer-memory MB]`
 */
await runProgram('gpu-node', async () => {
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
  const storeFolder = required('--store', values.store);
  const gpus = slotsOfMachine(values.slots === undefined ? null : wholeNumber('--slots', values.slots));
  const trainer = {
    store: storeFolder,
    checkpointEveryMs: wholeNumber('--checkpoint-every', values['checkpoint-every']),
    silenceMs: wholeNumber('--trainer-silence', values['trainer-silence']),
    memoryLimit: wholeNumber('--trainer-memory', values['trainer-memory']) * 1024 * 1024,
  };

  quietRuntime();
  const store = await openFolderStore(storeFolder);
  const connection = await connectToTemporal(values.temporal);
  // Short, because the path of a socket may have 107 characters only.
  const sockets = await mkdtemp(join(tmpdir(), 'pf-'));
  const slots = new TrainerSlots(
    gpus.map((gpu, slot) => ({
      ...trainer,
      socket: join(sockets, `${slot}.sock`),
      ranOn: `${values.node}/${slot}`,
      gpu,
    })),
  );
  try {
    const worker = await Worker.create({
      connection,
      namespace: values.namespace,
      taskQueue: values['task-queue'],
      identity: `gpu-node@${values.node}:${process.pid}`,
      activities: { runStage: createRunStage({ store, slots, node: values.node }) },
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
    onStop(stop);
    const work = worker.run();
    try {
      await Promise.race([work, slots.start().then(() => work)]);
    } finally {
      // Where no trainer can be started, the worker must not go on without them.
      stop();
      await work.catch(() => undefined);
    }
  } finally {
    await slots.stop();
    await rm(sockets, { recursive: true, force: true });
    await connection.close();
  }
});
process.exit();
