import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { PrunefrontError } from '../../../core/errors.js';
import { packageDefinition } from '../../../proto/load.js';
import type { AskedCalls } from '../calls/call.js';
import { grpcHandlers } from './answers.js';

/** A service and what answers for it. */
export interface ServedCalls {
  readonly definition: ServiceDefinition;
  readonly calls: AskedCalls;
}

/** Certificates of a server, as their files hold them. */
export interface ServerTls {
  readonly certificate: Buffer;
  readonly key: Buffer;
  /** Authority whose client certificates are asked for; null where none are. */
  readonly clientAuthority: Buffer | null;
}

/** A gRPC server that serves. */
export interface GrpcServer {
  readonly address: string;
  /** Says by the health protocol whether calls can be answered. */
  setHealthy(healthy: boolean): void;
  close(): Promise<void>;
}

const CLOSE_MS = 1000;

/**
 * Serves services over gRPC, with health and reflection.
 * @param listen - `host:port`; port 0 takes a free one
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where it cannot listen
 */
export async function startGrpcServer(
  listen: string,
  tls: ServerTls | null,
  services: readonly ServedCalls[],
): Promise<GrpcServer> {
  const server = new Server({ 'grpc.max_receive_message_length': 8 * 1024 * 1024 });
  const health = new HealthImplementation({ '': 'SERVING' });
  for (const { definition, calls } of services) {
    server.addService(definition, grpcHandlers(calls));
    health.setStatus(serviceName(definition), 'SERVING');
  }
  health.addToServer(server);
  new ReflectionService(packageDefinition).addToServer(server);
  const port = await bind(server, listen, serverCredentials(tls));
  const names = ['', ...services.map(({ definition }) => serviceName(definition))];
  return {
    address: listen.replace(/:\d+$/, `:${port}`),
    setHealthy: (healthy) => {
      for (const name of names) health.setStatus(name, healthy ? 'SERVING' : 'NOT_SERVING');
    },
    close: () => endCalls(server),
  };
}

/** `prunefront.v1.SweepService`, from the path of any of its methods. */
function serviceName(definition: ServiceDefinition): string {
  const [method] = Object.values(definition);
  return method?.path.split('/')[1] ?? '';
}

function serverCredentials(tls: ServerTls | null): ServerCredentials {
  if (tls === null) return ServerCredentials.createInsecure();
  const { certificate, key, clientAuthority } = tls;
  const pair = { cert_chain: certificate, private_key: key };
  return ServerCredentials.createSsl(clientAuthority, [pair], clientAuthority !== null);
}

function bind(server: Server, listen: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(listen, credentials, (error, port) => {
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
