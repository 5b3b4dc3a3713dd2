import { type EventEmitter, once } from 'node:events';
import type { ServerUnaryCall, ServerWritableStream, sendUnaryData, UntypedServiceImplementation } from '@grpc/grpc-js';
import { LOCAL } from '../access/roles.js';
import type { Call, Caller, Calls, StreamingCall, UnaryCall } from '../calls/call.js';
import { callError } from './call-errors.js';

type Unary = ServerUnaryCall<unknown, unknown>;
type Streaming = ServerWritableStream<unknown, unknown>;

/** The handlers of a gRPC service that answer by a table of calls. What a call throws becomes its status. */
export function grpcHandlers(calls: Calls): UntypedServiceImplementation {
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, handlerOf(call)]));
}

function handlerOf(call: Call): UntypedServiceImplementation[string] {
  return call.kind === 'unary' ? unaryHandler(call) : streamingHandler(call);
}

function unaryHandler({ answer }: UnaryCall<unknown, unknown>) {
  return (call: Unary, reply: sendUnaryData<unknown>): void => {
    answer(call.request, callerOf(call)).then(
      (response) => reply(null, response),
      (error: unknown) => reply(callError(error)),
    );
  };
}

function streamingHandler({ answer }: StreamingCall<unknown, unknown>) {
  return (call: Streaming): void => {
    const caller = callerOf(call);
    pump(call, answer(call.request, caller), caller.signal).then(
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

function callerOf(call: Unary | Streaming): Caller {
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort());
  return { principal: LOCAL, signal: gone.signal };
}
