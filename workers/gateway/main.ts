import { parseArgs } from 'node:util';
import { openFolderStore } from '../../core/store/folder-store.js';
import { startGateway } from './server.js';

/** The gateway on its own, for a cluster: `--listen HOST:PORT --temporal HOST:PORT --store FOLDER [--stage-queue NAME] [--window N]`. */
const { values } = parseArgs({
  options: {
    listen: { type: 'string', default: '127.0.0.1:7400' },
    temporal: { type: 'string', default: 'localhost:7233' },
    namespace: { type: 'string', default: 'default' },
    store: { type: 'string' },
    'stage-queue': { type: 'string', default: 'prunefront-stages-default' },
    window: { type: 'string', default: '64' },
  },
});
if (values.store === undefined) {
  process.stderr.write('gateway: --store FOLDER is missing\n');
  process.exit(2);
}
const gateway = await startGateway({
  temporalAddress: values.temporal,
  namespace: values.namespace,
  store: await openFolderStore(values.store),
  listen: values.listen,
  stageTaskQueue: values['stage-queue'],
  window: Number(values.window),
  assumed: { slots: Number(values.window), examplesPerSecond: 2000 },
});
process.stdout.write(`${JSON.stringify({ gateway: gateway.address })}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => void gateway.close().finally(() => process.exit(0)));
