import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { PrunefrontError } from '../core/errors.js';

/** Installs a Temporal runtime that only speaks of warnings and errors. No payload is ever logged. */
export function quietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      const detail = meta?.['error'] instanceof Error ? `: ${meta['error'].message}` : '';
      process.stderr.write(`${new Date().toISOString()} ${level} ${message}${detail}\n`);
    }),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
    shutdownSignals: [],
  });
}

/**
 * A worker's connection to the Temporal server.
 * @throws PrunefrontError `PRUNEFRONT_UNREACHABLE`
 */
export async function connectToTemporal(address: string): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect({ address });
  } catch (cause) {
    throw new PrunefrontError(
      'PRUNEFRONT_UNREACHABLE',
      'The Temporal server does not answer',
      {
        place: address,
        found: cause instanceof Error ? cause.message : String(cause),
        hint: 'start it, or name another one with --temporal HOST:PORT',
      },
      { cause },
    );
  }
}
