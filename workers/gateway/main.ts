import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { PrunefrontError } from '../../core/errors.js';
import { stageQueueOf } from '../../core/nodes/node-record.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { runService } from '../service/service.js';
import { requireNamespace } from '../service/temporal-connection.js';
import type { TemporalSettings } from '../service/temporal-settings.js';
import { accessSettings } from './access/access-settings.js';
import { startGateway } from './gateway.js';
import { GATEWAY } from './settings.js';

/** The gateway: the one door for people and programs. */
await runService(GATEWAY, async ({ settings, temporal, readiness, stop, say }) => {
  const window = settings.whole('window');
  const folder = settings.text('store');
  const access = accessSettings(
    {
      'tls-client-role': settings.text('tls-client-role'),
      ...given('tokens', settings.text('tokens')),
      ...given('tls-cert', settings.text('tls-cert')),
      ...given('tls-key', settings.text('tls-key')),
      ...given('tls-client-ca', settings.text('tls-client-ca')),
      ...given('audit', settings.text('audit')),
    },
    join(folder, 'audit', 'gateway.jsonl'),
  );
  await refuseMissingNamespace(temporal);
  const gateway = await startGateway({
    ...{ temporal, access, window, store: await openFolderStore(folder), listen: settings.text('listen') },
    stageTaskQueue: stageQueueOf(settings.text('device-kind')),
    assumed: { slots: window, examplesPerSecond: 2000 },
    orchestratorMs: 10_000,
  });
  for (const note of gateway.notes) process.stderr.write(`${note}\n`);
  say({ grpc: gateway.address });
  readiness.set('start', null);
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
  await gateway.close();
});

function given<Name extends string>(name: Name, value: string | undefined): { readonly [Each in Name]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [Each in Name]?: string };
}

/** A namespace that is not there will not come by itself; a server that does not answer yet may. */
async function refuseMissingNamespace(temporal: TemporalSettings): Promise<void> {
  const connection = Connection.lazy(temporal.connection);
  try {
    await requireNamespace(connection, temporal);
  } catch (error) {
    if (!(error instanceof PrunefrontError && error.code === 'PRUNEFRONT_UNREACHABLE')) throw error;
    process.stderr.write(`gateway: ${error.message} at ${temporal.connection.address} yet\n`);
  } finally {
    await connection.close();
  }
}
