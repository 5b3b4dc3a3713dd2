import type { TLSSocket } from 'node:tls';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Credentials } from '../access/access.js';
import type { Asker } from '../calls/call.js';

/** What a request brings of who sends it. */
export function credentialsOf({ headers, raw }: FastifyRequest): Credentials {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
  const socket = raw.socket as Partial<TLSSocket>;
  // A certificate counts only where the gateway's authority has signed it.
  const name = socket.authorized === true ? socket.getPeerCertificate?.().subject?.CN : undefined;
  return { bearer, certificate: typeof name === 'string' ? name : null };
}

/** Who waits for the answer to a request. */
export function askerOf(request: FastifyRequest, reply: FastifyReply): Asker {
  return { ...credentialsOf(request), peer: request.ip, signal: goneSignal(reply) };
}

/** A signal that fires when the client goes before it has its answer. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort();
  });
  return gone.signal;
}
