import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from '@temporalio/worker';
import { createOrchestratorActivities } from '../../activities/index.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { required, runProgram } from '../command-line.js';
import { connectToTemporal, quietRuntime } from '../runtime.js';
import { onStop } from '../stop-signals.js';
import { ORCHESTRATOR_TASK_QUEUE } from './task-queue.js';

/** The orchestrator worker: `--temporal HOST:PORT --store FOLDER`. Hosts the workflows and the activities that need no device. */
await runProgram('orchestrator', async () => {
  const { values } = parseArgs({
    options: {
      temporal: { type: 'string', default: 'localhost:7233' },
      namespace: { type: 'string', default: 'default' },
      store: { type: 'string' },
    },
  });
  const storeFolder = required('--store', values.store);

  quietRuntime();
  const store = await openFolderStore(storeFolder);
  const bundle = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));
  const connection = await connectToTemporal(values.temporal);
  try {
    const worker = await Worker.create({
      connection,
      namespace: values.namespace,
      taskQueue: ORCHESTRATOR_TASK_QUEUE,
      ...(existsSync(bundle)
        ? { workflowBundle: { codePath: bundle } }
        : { workflowsPath: fileURLToPath(new URL('../../workflows/index.js', import.meta.url)) }),
      activities: createOrchestratorActivities(store),
      maxCachedWorkflows: 50,
      workflowThreadPoolSize: 1,
      shutdownForceTime: '5s',
    });
    onStop(() => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    });
    await worker.run();
  } finally {
    await connection.close();
  }
});
process.exit();
