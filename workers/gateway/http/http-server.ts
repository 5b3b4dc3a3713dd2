import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyReply } from 'fastify';
import { PrunefrontError } from '../../../core/errors.js';
import { addressOf } from '../../service/address.js';
import type { Access } from '../access/access.js';
import type { AskedCall, AskedCalls } from '../calls/call.js';
import type { ServerTls } from '../grpc/grpc-server.js';
import type { FileChunk } from '../sweeps/file-stream.js';
import { answerCall } from './answers.js';
import { askerOf, credentialsOf } from './asker.js';
import { downloads, type OpenFiles } from './downloads.js';
import { httpError } from './http-errors.js';
import { type Method, methodsOf, readRequest } from './messages.js';
import { requireOwnOrigin } from './own-origin.js';
import { staticFiles } from './static-files.js';

/** What the HTTP side of a gateway serves. */
export interface HttpServerOptions {
  /** `host:port`; port 0 takes a free one. */
  readonly listen: string;
  /** Tables of calls by the name of their service, such as `SweepService`. */
  readonly services: Readonly<Record<string, AskedCalls>>;
  /** Null without TLS. */
  readonly tls: ServerTls | null;
  /** Tells who asks. */
  readonly access: Access;
  /** Version that `me` tells. */
  readonly version: string;
  /** More routes, such as those of metrics and health. */
  readonly plugins?: readonly FastifyPluginAsync[];
}

/** An HTTP server that serves. */
export interface RunningHttpServer {
  /** `http://host:port/`, or `https:` with TLS, where the page is. */
  readonly url: string;
  close(): Promise<void>;
}

const BODY_LIMIT = 8 * 1024 * 1024;
const CLOSE_MS = 1000;
const PACKAGE = 'prunefront.v1';

/** Nothing but this origin's own files runs, and nothing may frame it. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * Serves the page, and over JSON the same calls as gRPC.
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where it cannot listen
 */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningHttpServer> {
  const { tls } = options;
  const app = Fastify({
    https: tls === null ? null : httpsOptions(tls),
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: 'idle',
    // Names of sweeps and candidates, of whatever length a spec allows.
    routerOptions: { maxParamLength: 300 },
  });
  // Only JSON is read: what any page may send anywhere without being asked, such as plain text, is not.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    if (!options.access.asks) requireOwnOrigin(request);
  });
  app.setErrorHandler((error, _, reply) => sendError(reply, error));
  app.setNotFoundHandler((request, reply) =>
    sendError(
      reply,
      new PrunefrontError('PRUNEFRONT_CALL_UNKNOWN', 'There is nothing at this address', {
        place: `${request.method} ${request.url.slice(0, 200)}`,
      }),
    ),
  );
  await app.register(api(options), { prefix: '/api/v1' });
  for (const plugin of options.plugins ?? []) await app.register(plugin);
  await app.register(staticFiles);
  const url = await listenAt(app, options);
  return { url, close: () => endAnswers(app) };
}

function httpsOptions({ certificate, key, clientAuthority }: ServerTls) {
  const client = clientAuthority === null ? {} : { ca: clientAuthority, requestCert: true, rejectUnauthorized: true };
  return { cert: certificate, key, ...client };
}

function api({ services, access, version }: HttpServerOptions): FastifyPluginAsync {
  return async (app) => {
    app.addHook('onRequest', async (_, reply) => void reply.header('cache-control', 'no-store'));
    app.get('/me', async (request) => ({ ...(await access.authenticate(credentialsOf(request))), version }));
    app.post<{ Params: { service: string; call: string } }>('/:service/:call', async (request, reply) => {
      const { service, call: name } = request.params;
      const found = findCall(services, service, name);
      const message = readRequest(found.method, request.body);
      return answerCall(found.call, found.method, message, askerOf(request, reply), reply);
    });
    await app.register(downloads(openFiles(services)), { prefix: '/files' });
  };
}

/** Opens the stream of a call that hands out files. */
function openFiles(services: HttpServerOptions['services']): OpenFiles {
  return async (service, name, message, request, reply) => {
    const { call, method } = findCall(services, service, name);
    const answer = call.answer(readRequest(method, message), askerOf(request, reply));
    return answer as AsyncIterable<FileChunk>;
  };
}

function findCall(
  services: HttpServerOptions['services'],
  service: string,
  name: string,
): { readonly call: AskedCall; readonly method: Method } {
  const calls = Object.hasOwn(services, service) ? services[service] : undefined;
  const call = calls !== undefined && Object.hasOwn(calls, name) ? calls[name] : undefined;
  const method = methodsOf(`${PACKAGE}.${service}`)[name];
  if (call !== undefined && method !== undefined) return { call, method };
  throw new PrunefrontError('PRUNEFRONT_CALL_UNKNOWN', `The gateway does not offer ${service}/${name}`, {
    found: `${service}/${name}`,
    allowed: Object.keys(calls ?? services).join(', '),
  });
}

function sendError(reply: FastifyReply, error: unknown): FastifyReply {
  const { status, data } = httpError(error);
  return reply
    .status(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ error: data }));
}

/** Lets answers under way come to their end for a moment. */
async function endAnswers(app: FastifyInstance): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), 50);
  const late = setTimeout(() => app.server.closeAllConnections(), CLOSE_MS);
  await app.close();
  clearInterval(idle);
  clearTimeout(late);
}

async function listenAt(app: FastifyInstance, { listen, tls }: HttpServerOptions): Promise<string> {
  const { host, port } = addressOf('--http', listen);
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const facts = { place: listen, found: (error as Error).message, allowed: 'HOST:PORT that is free' };
    throw new PrunefrontError('PRUNEFRONT_USAGE', 'The gateway cannot serve its page there', facts, { cause: error });
  }
  const bound = app.server.address();
  return `${tls === null ? 'http' : 'https'}://${listen.replace(/:\d+$/, '')}:${bound === null || typeof bound === 'string' ? port : bound.port}/`;
}
