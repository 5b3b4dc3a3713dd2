import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { PrunefrontError } from '../../../core/errors.js';
import { packageDefinition } from '../../../proto/load.js';
import type { Calls } from '../calls/call.js';
import { grpcHandlers } from './answers.js';

/** A service and what answers for it. */
export interface ServedCalls {
  readonly definition: ServiceDefinition;
  readonly calls: Calls;
}

const CLOSE_MS = 1000;

/**
 * Serves services over gRPC, with health and reflection.
 * @param listen - `host:port`; port 0 takes a free one
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where it cannot listen
 */
export async function startGrpcServer(
  listen: string,
  services: readonly ServedCalls[],
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const server = new Server({ 'grpc.max_receive_message_length': 8 * 1024 * 1024 });
  const health = new HealthImplementation({ '': 'SERVING' });
  for (const { definition, calls } of services) {
    server.addService(definition, grpcHandlers(calls));
    health.setStatus(serviceName(definition), 'SERVING');
  }
  health.addToServer(server);
  new ReflectionService(packageDefinition).addToServer(server);
  const port = await bind(server, listen);
  return { address: listen.replace(/:\d+$/, `:${port}`), close: () => endCalls(server) };
}

/** `prunefront.v1.SweepService`, from the path of any of its methods. */
function serviceName(definition: ServiceDefinition): string {
  const [method] = Object.values(definition);
  return method?.path.split('/')[1] ?? '';
}

function bind(server: Server, listen: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(listen, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) return resolve(port);
      const facts = { place: listen, found: error.message, allowed: 'HOST:PORT that is free' };
      reject(new PrunefrontError('PRUNEFRONT_USAGE', 'The gateway cannot listen there', facts, { cause: error }));
    });
  });
}

/** Lets calls end in order for a moment. */
async function endCalls(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  const timer = setTimeout(() => server.forceShutdown(), CLOSE_MS);
  await ended;
  clearTimeout(timer);
}
