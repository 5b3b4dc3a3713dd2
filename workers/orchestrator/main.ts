import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createOrchestratorActivities } from '../../activities/index.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { quietRuntime } from '../runtime.js';
import { ORCHESTRATOR_TASK_QUEUE } from './task-queue.js';

/** The orchestrator worker: `--temporal HOST:PORT --store FOLDER`. Hosts the workflows and the activities that need no device. */
const { values } = parseArgs({
  options: {
    temporal: { type: 'string', default: 'localhost:7233' },
    namespace: { type: 'string', default: 'default' },
    store: { type: 'string' },
  },
});
if (values.store === undefined) {
  process.stderr.write('orchestrator: --store FOLDER is missing\n');
  process.exit(2);
}

quietRuntime();
const bundle = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));
const connection = await NativeConnection.connect({ address: values.temporal });
const worker = await Worker.create({
  connection,
  namespace: values.namespace,
  taskQueue: ORCHESTRATOR_TASK_QUEUE,
  ...(existsSync(bundle)
    ? { workflowBundle: { codePath: bundle } }
    : { workflowsPath: fileURLToPath(new URL('../../workflows/index.js', import.meta.url)) }),
  activities: createOrchestratorActivities(await openFolderStore(values.store)),
  maxCachedWorkflows: 50,
  workflowThreadPoolSize: 1,
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
  await worker.run();
} catch (error) {
  process.stderr.write(`orchestrator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
await connection.close();
process.exit();
