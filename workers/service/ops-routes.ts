import type { FastifyPluginAsync } from 'fastify';
import type { Metrics } from '../metrics/registry.js';
import type { Readiness } from './readiness.js';

/** What a process tells of itself. */
export interface Operations {
  readonly process: string;
  readonly version: string;
  readonly readiness: Readiness;
  /** Its settings; secrets are masked. */
  readonly configuration: Readonly<Record<string, string>>;
  readonly metrics: Metrics;
}

/**
 * The routes that every process has: `/healthz` (it lives), `/readyz` (200, or 503 with the reason), `/configz` (version and settings), and
 * `/metrics`.
 */
export function opsRoutes({ process, version, readiness, configuration, metrics }: Operations): FastifyPluginAsync {
  metrics.gauge('prunefront_build_info').set({ process, version }, 1);
  readiness.onChange((ready) => metrics.gauge('prunefront_ready').set({ process }, ready ? 1 : 0));
  return async (app) => {
    app.get('/healthz', async () => ({ process, version, alive: true }));
    app.get('/readyz', async (_, reply) => {
      const { isReady: ready, reason } = readiness;
      return reply.status(ready ? 200 : 503).send({ process, ready, ...(reason === null ? {} : { reason }) });
    });
    app.get('/configz', async () => ({ process, version, configuration }));
    app.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  };
}
