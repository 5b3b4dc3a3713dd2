import type { AddressInfo } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import Fastify from 'fastify';
import { HealthImplementation } from 'grpc-health-check';
import { PrunefrontError } from '../../core/errors.js';
import { addressOf } from './address.js';
import { type Operations, opsRoutes } from './ops-routes.js';

/** An address that somebody may have chosen: where nobody did and it is taken, any free port does. */
export interface WantedAddress {
  /** `HOST:PORT`; port 0 takes a free one. */
  readonly address: string;
  /** Flag or variable where it was chosen. */
  readonly place: string;
  readonly isGiven: boolean;
}

/** A server that serves. */
export interface Serving {
  /** `HOST:PORT`. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves what a process tells of itself over HTTP.
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where it cannot listen
 */
export function serveHttp(operations: Operations, wanted: WantedAddress): Promise<Serving> {
  return listening(wanted, async (host, port) => {
    const app = Fastify({ forceCloseConnections: true });
    await app.register(opsRoutes(operations));
    try {
      await app.listen({ host, port });
    } catch (error) {
      await app.close();
      throw error;
    }
    return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
  });
}

/**
 * Serves gRPC's health protocol: `prunefront.orchestrator` or `prunefront.worker`, and the same by the empty name.
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where it cannot listen
 */
export function serveHealth({ process, readiness }: Operations, wanted: WantedAddress): Promise<Serving> {
  return listening(wanted, async (host, port) => {
    const server = new Server();
    const names = ['', `prunefront.${process}`];
    const health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, 'NOT_SERVING'])));
    health.addToServer(server);
    const bound = await new Promise<number>((resolve, reject) =>
      server.bindAsync(
        host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
        ServerCredentials.createInsecure(),
        (error, at) => (error === null ? resolve(at) : reject(error)),
      ),
    );
    readiness.onChange((ready) => {
      for (const name of names) health.setStatus(name, ready ? 'SERVING' : 'NOT_SERVING');
    });
    return { port: bound, close: async () => server.forceShutdown() };
  });
}

async function listening(
  { address, place, isGiven }: WantedAddress,
  listen: (host: string, port: number) => Promise<{ readonly port: number; close(): Promise<void> }>,
): Promise<Serving> {
  const { host, port } = addressOf(place, address);
  const refuse = (found: string): PrunefrontError =>
    new PrunefrontError('PRUNEFRONT_USAGE', 'The process cannot listen there', {
      ...{ place, found: `${address}: ${found}`, allowed: 'HOST:PORT that is free; port 0 takes any' },
    });
  const { port: bound, close } = await listen(host, port).catch((error: unknown) => {
    if (isGiven) throw refuse(error instanceof Error ? error.message : String(error));
    return listen(host, 0);
  });
  return { address: address.replace(/:\d+$/, `:${bound}`), close };
}
