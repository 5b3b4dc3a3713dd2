import { type EventEmitter, once } from 'node:events';
import type { ServerUnaryCall, ServerWritableStream, sendUnaryData, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { AskedCall, AskedCalls, Asker, StreamingCall, UnaryCall } from '../calls/call.js';
import { callError } from './call-errors.js';

type Unary = ServerUnaryCall<unknown, unknown>;
type Streaming = ServerWritableStream<unknown, unknown>;

/** Timers take no longer time; a deadline that is farther away is none. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The handlers of a gRPC service that answer by a table of calls. What a call throws becomes its status. */
export function grpcHandlers(calls: AskedCalls): UntypedServiceImplementation {
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, handlerOf(call)]));
}

function handlerOf(call: AskedCall): UntypedServiceImplementation[string] {
  return call.kind === 'unary' ? unaryHandler(call) : streamingHandler(call);
}

function unaryHandler({ answer }: UnaryCall<unknown, unknown, Asker>) {
  return (call: Unary, reply: sendUnaryData<unknown>): void => {
    answer(call.request, askerOf(call)).then(
      (response) => reply(null, response),
      (error: unknown) => reply(callError(error)),
    );
  };
}

function streamingHandler({ answer }: StreamingCall<unknown, unknown, Asker>) {
  return (call: Streaming): void => {
    const asker = askerOf(call);
    pump(call, answer(call.request, asker), asker.signal).then(
      () => call.end(),
      // Not `destroy`, which closes the stream before its status is sent, so that the client waits for ever.
      (error: unknown) => call.emit('error', Object.assign(new Error(), callError(error))),
    );
  };
}

/** Writes answers as fast as the client reads them, until it has gone. */
export async function pump(
  call: EventEmitter & { write(answer: unknown): boolean },
  answers: AsyncIterable<unknown> | Iterable<unknown>,
  signal: AbortSignal,
): Promise<void> {
  for await (const answer of answers) {
    // A client that has gone never drains.
    if (!call.write(answer)) await once(call, 'drain', { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}

function askerOf(call: Unary | Streaming): Asker {
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort());
  // A deadline that passes is told to the client at once; what is done for it here has to end too.
  const deadline = call.getDeadline();
  const left = deadline instanceof Date ? deadline.getTime() - Date.now() : deadline - Date.now();
  const signal =
    left > LONGEST_TIMEOUT_MS ? gone.signal : AbortSignal.any([gone.signal, AbortSignal.timeout(Math.max(0, left))]);
  const [authorization] = call.metadata.get('authorization');
  const bearer = /^Bearer +(\S+)$/i.exec(String(authorization ?? ''))?.[1] ?? null;
  const name: unknown = call.getAuthContext().sslPeerCertificate?.subject?.CN;
  return { bearer, certificate: typeof name === 'string' ? name : null, peer: call.getPeer(), signal };
}
