import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openFolderStore } from '../../core/store/folder-store.js';
import { required, runProgram, wholeNumber } from '../command-line.js';
import { ACCESS_FLAGS, accessSettings } from './access/access-settings.js';
import { startGateway } from './gateway.js';

/** The gateway on its own, for a cluster: `--listen HOST:PORT --http HOST:PORT --temporal HOST:PORT --store FOLDER [--stage-queue NAME] [--window N]`. */
await runProgram('gateway', async () => {
  const { values } = parseArgs({
    options: {
      listen: { type: 'string', default: '127.0.0.1:7400' },
      http: { type: 'string', default: '127.0.0.1:7480' },
      temporal: { type: 'string', default: 'localhost:7233' },
      namespace: { type: 'string', default: 'default' },
      store: { type: 'string' },
      'stage-queue': { type: 'string', default: 'prunefront-stages-default' },
      window: { type: 'string', default: '64' },
      ...ACCESS_FLAGS,
    },
  });
  const store = required('--store', values.store);
  const window = wholeNumber('--window', values.window);
  const gateway = await startGateway({
    temporal: { connection: { address: values.temporal }, client: { namespace: values.namespace } },
    access: accessSettings(values, join(store, 'audit', 'gateway.jsonl')),
    store: await openFolderStore(store),
    listen: values.listen,
    http: values.http,
    stageTaskQueue: values['stage-queue'],
    window,
    assumed: { slots: window, examplesPerSecond: 2000 },
    orchestratorMs: 10_000,
  });
  for (const note of gateway.notes) process.stderr.write(`${note}\n`);
  process.stdout.write(`${JSON.stringify({ gateway: gateway.address, page: gateway.page })}\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => void gateway.close().finally(() => process.exit(0)));
});
