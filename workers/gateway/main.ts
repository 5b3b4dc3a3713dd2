import { once } from 'node:events';
import { join } from 'node:path';
import { stageQueueOf } from '../../core/nodes/node-record.js';
import { loadPlugins } from '../../core/plugins/load-plugin.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { agreeOnKeys } from '../service/agreed-keys.js';
import { runService } from '../service/service.js';
import { checkTemporal } from '../service/temporal-connection.js';
import { accessSettings } from './access/access-settings.js';
import { startGateway } from './gateway.js';
import { GATEWAY } from './settings.js';

/** The gateway on its own, for a cluster. */
await runService(GATEWAY, async (service) => {
  const { settings, temporal, metrics, readiness, stop } = service;
  const window = settings.whole('window');
  const store = settings.text('store');
  const access = accessSettings(settings.given(), join(store, 'audit', 'gateway.jsonl'));
  await loadPlugins(settings.text('plugin'));
  const opened = await openFolderStore(store);
  await agreeOnKeys(opened, temporal.payloadKeys);
  const data = settings.text('data');
  const gateway = await startGateway({
    ...(data === undefined ? {} : { data }),
    ...{ temporal, access, window, metrics, readiness, configuration: service.operations.configuration },
    store: opened,
    listen: settings.text('listen'),
    http: settings.text('http'),
    stageTaskQueue: stageQueueOf(settings.text('device-kind')),
    assumed: { slots: window, examplesPerSecond: 2000 },
    orchestratorMs: 10_000,
  });
  await checkTemporal(temporal).catch(async (error: unknown) => {
    await gateway.close();
    throw error;
  });
  for (const note of gateway.notes) process.stderr.write(`${note}\n`);
  service.say({ grpc: gateway.address, http: new URL(gateway.page).host });
  readiness.set('start', null);
  if (!stop.aborted) await once(stop, 'abort');
  await service.during('calls that are answered', gateway.close());
});
