import { parseArgs } from 'node:util';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createRunStage } from '../../activities/index.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { quietRuntime } from '../../workers/runtime.js';
import { IdleSlots } from './idle-slots.js';

/** A GPU node worker whose slots train nothing: `--temporal HOST:PORT --store FOLDER --task-queue NAME --slots N`. */
const { values } = parseArgs({
  options: {
    temporal: { type: 'string', default: '' },
    store: { type: 'string', default: '' },
    'task-queue': { type: 'string', default: '' },
    slots: { type: 'string', default: '' },
  },
});
const slots = Number(values.slots);

quietRuntime();
const store = await openFolderStore(values.store);
const connection = await NativeConnection.connect({ address: values.temporal });
const worker = await Worker.create({
  connection,
  taskQueue: values['task-queue'],
  activities: { runStage: createRunStage({ store, slots: new IdleSlots(store, slots), node: 'idle' }) },
  maxConcurrentActivityTaskExecutions: slots,
});
// The bench closes its end when it is done, or dies.
process.stdin.resume();
process.stdin.on('end', () => worker.shutdown());
await worker.run();
await connection.close();
process.exit();
