import { openFolderStore } from '../../core/store/folder-store.js';
import { UNGUARDED } from '../../workers/gateway/access/access-settings.js';
import { startGateway } from '../../workers/gateway/gateway.js';

/** A gateway in a process of its own: `TEMPORAL STORE STAGE_QUEUE`. It tells its address, and ends when its standard input does. */
const [temporal = '', store = '', stageTaskQueue = ''] = process.argv.slice(2);
const gateway = await startGateway({
  temporal: { connection: { address: temporal }, client: { namespace: 'default' } },
  store: await openFolderStore(store),
  ...{
    listen: '127.0.0.1:0',
    http: '127.0.0.1:0',
    access: UNGUARDED,
    stageTaskQueue,
    window: 16,
    orchestratorMs: 30_000,
  },
  assumed: { slots: 16, examplesPerSecond: 2000 },
});
process.stdout.write(`${gateway.address}\n`);
process.stdin.resume();
process.stdin.on('end', () => void gateway.close().finally(() => process.exit(0)));
