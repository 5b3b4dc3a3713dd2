import { DefaultLogger, type MetricsExporterConfig, Runtime } from '@temporalio/worker';

/**
 * Installs a Temporal runtime that only speaks of warnings and errors. No payload is ever logged.
 * @param metrics - where it exports its metrics; nowhere without
 */
export function quietRuntime(metrics?: MetricsExporterConfig): void {
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      const detail = meta?.['error'] instanceof Error ? `: ${meta['error'].message}` : '';
      process.stderr.write(`${new Date().toISOString()} ${level} ${message}${detail}\n`);
    }),
    telemetryOptions: {
      logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} },
      ...(metrics === undefined ? {} : { metrics }),
    },
    shutdownSignals: [],
  });
}
