import type { ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';
import { callError } from './call-errors.js';

/** A handler of a call with one answer; what it throws becomes the call's status. */
export function unary<Request, Response>(answer: (request: Request) => Promise<Response>) {
  return (call: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>): void => {
    answer(call.request).then(
      (response) => reply(null, response),
      (error: unknown) => reply(callError(error)),
    );
  };
}

/** A handler of a call with a stream of answers; the signal fires when its client has gone. */
export function streaming<Request, Response>(
  answer: (call: ServerWritableStream<Request, Response>, gone: AbortSignal) => Promise<void>,
) {
  return (call: ServerWritableStream<Request, Response>): void => {
    const gone = new AbortController();
    call.on('cancelled', () => gone.abort());
    answer(call, gone.signal).then(
      () => call.end(),
      // Not `destroy`, which closes the stream before its status is sent, so that the client waits for ever.
      (error: unknown) => call.emit('error', Object.assign(new Error(), callError(error))),
    );
  };
}
