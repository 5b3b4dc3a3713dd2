import { type ClientReadableStream, type ServiceError, status as Status } from '@grpc/grpc-js';
import { isErrorCode, PrunefrontError } from '../core/errors.js';
import { errorFromTrailer } from '../proto/error-details.js';
import { lostConnection, type Peer } from './lost-connection.js';

/** How a generated client tells the end of a call. */
export type Reply<T> = (error: ServiceError | null, response?: T) => void;

/** A part of a file on its way. */
export interface FilePart {
  readonly fileName: string;
  readonly chunk: Buffer;
}

/** Sends calls to a gateway: promises, iterators and typed errors. */
export class CallSender {
  /** @param peer - for what errors say */
  constructor(private readonly peer: Peer) {}

  /** The answer of a call that has one. */
  call<T>(send: (reply: Reply<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      send((error, response) => {
        if (error !== null) reject(this.typed(error));
        else if (response !== undefined) resolve(response);
      });
    });
  }

  /** The answers of a stream, until it ends or the signal fires. */
  async *stream<T>(open: () => ClientReadableStream<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
    if (isOver(signal)) return;
    const stream = open();
    const stop = (): void => stream.cancel();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      yield* stream as AsyncIterable<T>;
    } catch (error) {
      if (!isOver(signal)) throw this.typed(error);
    } finally {
      signal?.removeEventListener('abort', stop);
      // A caller that has seen enough leaves the loop early.
      stop();
    }
  }

  /** The files of a stream, by name. */
  async collect(stream: ClientReadableStream<FilePart>): Promise<Map<string, Buffer>> {
    const chunks = new Map<string, Buffer[]>();
    for await (const { fileName, chunk } of this.stream(() => stream, undefined))
      chunks.set(fileName, [...(chunks.get(fileName) ?? []), chunk]);
    return new Map([...chunks].map(([name, parts]) => [name, Buffer.concat(parts)]));
  }

  /** The typed error that the gateway sent, or why it cannot be talked to. */
  private typed(error: unknown): unknown {
    const failure = error as ServiceError;
    const data = errorFromTrailer(failure.metadata);
    if (data !== null)
      return PrunefrontError.fromData({ ...data, code: isErrorCode(data.code) ? data.code : 'PRUNEFRONT_INTERNAL' });
    if (failure.code !== Status.UNAVAILABLE) return error;
    return lostConnection(this.peer, failure.details);
  }
}

function isOver(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
