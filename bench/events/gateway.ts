import { parseArgs } from 'node:util';
import { openFolderStore } from '../../core/store/folder-store.js';
import { UNGUARDED } from '../../workers/gateway/access/access-settings.js';
import { startGateway } from '../../workers/gateway/gateway.js';

/** A gateway: `--temporal HOST:PORT --store FOLDER --stage-queue NAME`. Prints its addresses; ends when its standard input does. */
const { values } = parseArgs({
  options: {
    temporal: { type: 'string', default: '' },
    store: { type: 'string', default: '' },
    'stage-queue': { type: 'string', default: '' },
  },
});
const gateway = await startGateway({
  temporal: { connection: { address: values.temporal }, client: { namespace: 'default' } },
  ...{ listen: '127.0.0.1:0', http: '127.0.0.1:0', access: UNGUARDED, orchestratorMs: 30_000 },
  ...{ stageTaskQueue: values['stage-queue'], window: 8, assumed: { slots: 2, examplesPerSecond: 2000 } },
  store: await openFolderStore(values.store),
});
console.log(JSON.stringify({ address: gateway.address, page: gateway.page }));
process.stdin.resume();
process.stdin.on('end', () => void gateway.close().finally(() => process.exit(0)));
