import { Worker } from '@temporalio/worker';
import { createOrchestratorActivities } from '../../activities/index.js';
import { loadPlugins } from '../../core/plugins/load-plugin.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { temporalTelemetry } from '../metrics/temporal-sdk.js';
import { quietRuntime } from '../runtime.js';
import { agreeOnKeys } from '../service/agreed-keys.js';
import { runService, serveOperations, watchNamespace } from '../service/service.js';
import { connectWorker } from '../service/temporal-connection.js';
import { heartbeats } from './heartbeats.js';
import { ORCHESTRATOR } from './settings.js';
import { ORCHESTRATOR_TASK_QUEUE } from './task-queue.js';
import { workflowCode } from './workflow-code.js';

/** Milliseconds before the end of draining at which activities that still run are told to end. */
const LAST_CHANCE_MS = 2000;

/** The orchestrator worker: hosts the workflows and the activities that need no device. */
await runService(ORCHESTRATOR, async (service) => {
  const { settings, temporal, metrics, readiness, stop, drainMs } = service;
  await loadPlugins(settings.text('plugin'));
  const store = await openFolderStore(settings.text('store'));
  await agreeOnKeys(store, temporal.payloadKeys);
  const telemetry = await temporalTelemetry();
  quietRuntime(telemetry.metrics);
  metrics.append('temporal sdk', () => telemetry.text());
  const operations = await serveOperations(service, { http: 'http', health: 'health' });
  try {
    const connection = await connectWorker(temporal);
    try {
      const worker = await Worker.create({
        ...temporal.client,
        connection,
        taskQueue: ORCHESTRATOR_TASK_QUEUE,
        workflowBundle: await workflowCode(temporal.client.dataConverter !== undefined),
        activities: createOrchestratorActivities(store),
        interceptors: { activity: [heartbeats] },
        maxCachedWorkflows: 50,
        workflowThreadPoolSize: 1,
        shutdownGraceTime: Math.max(0, drainMs - LAST_CHANCE_MS),
      });
      const shutDown = (): void => {
        if (worker.getState() === 'RUNNING') worker.shutdown();
      };
      stop.addEventListener('abort', shutDown, { once: true });
      const work = worker.run();
      if (stop.aborted) shutDown();
      readiness.set('start', null);
      void watchNamespace(connection, temporal, service);
      await service.during('workflow tasks and activities that run', work);
    } finally {
      await connection.close();
    }
  } finally {
    await operations.close();
  }
});
