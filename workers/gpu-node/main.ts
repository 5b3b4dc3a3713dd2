import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { createRunStage } from '../../activities/index.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { temporalTelemetry } from '../metrics/temporal-sdk.js';
import { quietRuntime } from '../runtime.js';
import { runService, serveOperations, watchNamespace } from '../service/service.js';
import { connectWorker } from '../service/temporal-connection.js';
import { WORKER } from './settings.js';
import { TrainerSlots } from './slot-pool.js';
import { slotsOfMachine } from './slots-of-machine.js';

/** The GPU node worker: takes stages from a task queue, one for each free slot. */
await runService(WORKER, async (service) => {
  const { settings, temporal, metrics, readiness, stop: stopped } = service;
  const gpus = slotsOfMachine(settings.whole('slots') ?? null);
  const node = settings.text('node') ?? hostname();
  const trainer = {
    store: settings.text('store'),
    checkpointEveryMs: settings.whole('checkpoint-every'),
    silenceMs: settings.whole('trainer-silence'),
    memoryLimit: settings.whole('trainer-memory') * 1024 * 1024,
  };

  const store = await openFolderStore(trainer.store);
  const telemetry = await temporalTelemetry();
  quietRuntime(telemetry.metrics);
  metrics.append('temporal sdk', () => telemetry.text());
  const operations = await serveOperations(service, { http: 'http', health: 'health' });
  const connection = await connectWorker(temporal).catch(async (error: unknown) => {
    await operations.close();
    throw error;
  });
  // Short, because the path of a socket may have 107 characters only.
  const sockets = await mkdtemp(join(tmpdir(), 'pf-'));
  const slots = new TrainerSlots(
    gpus.map((gpu, slot) => ({
      ...trainer,
      socket: join(sockets, `${slot}.sock`),
      ranOn: `${node}/${slot}`,
      gpu,
    })),
  );
  try {
    const worker = await Worker.create({
      ...temporal.client,
      connection,
      taskQueue: settings.text('task-queue'),
      identity: `gpu-node@${node}:${process.pid}`,
      activities: { runStage: createRunStage({ store, slots, node }) },
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
    stopped.addEventListener('abort', stop, { once: true });
    const work = service.during('stages that run', worker.run());
    if (stopped.aborted) stop();
    void watchNamespace(connection, temporal, service);
    try {
      await Promise.race([
        work,
        slots.start().then(() => {
          readiness.set('start', null);
          return work;
        }),
      ]);
    } finally {
      // Where no trainer can be started, the worker must not go on without them.
      stop();
      await work.catch(() => undefined);
    }
  } finally {
    await slots.stop();
    await rm(sockets, { recursive: true, force: true });
    await connection.close();
    await operations.close();
  }
});
