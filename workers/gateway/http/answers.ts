import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { AskedCall, Asker } from '../calls/call.js';
import { httpError } from './http-errors.js';
import { type Method, responseJson } from './messages.js';

/** Milliseconds between two blank lines of a silent stream; proxies close after a minute. */
const HEARTBEAT_MS = 15_000;
/** Milliseconds that a stream may take to fail with a status of its own; after that its last line tells. */
const STATUS_MS = 1000;

/** Answers a call: one JSON object, or a stream of them, one a line. */
export async function answerCall(
  call: AskedCall,
  method: Method,
  request: object,
  asker: Asker,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (call.kind === 'unary') {
    const json = responseJson(method, await call.answer(request, asker));
    return reply.type('application/json; charset=utf-8').send(json);
  }
  const answers: AsyncIterator<unknown> = call.answer(request, asker)[Symbol.asyncIterator]();
  const first = answers.next();
  // What is wrong with the request shows at once, and then has a status.
  await Promise.race([first, sleep(STATUS_MS, undefined, { signal: asker.signal }).catch(() => undefined)]);
  const lines = Readable.from(ndjson(answers, first, method, asker.signal), { objectMode: false });
  return reply.type('application/x-ndjson').header('x-accel-buffering', 'no').send(lines);
}

/** Answers in lines. A failure is the last line, for the status has been sent by then. */
async function* ndjson(
  answers: AsyncIterator<unknown>,
  first: Promise<IteratorResult<unknown>>,
  method: Method,
  signal: AbortSignal,
): AsyncGenerator<string> {
  // Sends the head now: who follows has to know that it is followed.
  yield '\n';
  try {
    let next = first;
    for (;;) {
      const result = await orSilence(next, signal);
      if (signal.aborted) return;
      if (result === null) yield '\n';
      else if (result.done === true) return;
      else {
        yield `${responseJson(method, result.value)}\n`;
        next = answers.next();
      }
    }
  } catch (error) {
    if (!signal.aborted) yield `${JSON.stringify({ error: httpError(error).data })}\n`;
  } finally {
    // A call that waits for something ends by its signal; that it ends here too must not hold who has gone.
    void answers.return?.()?.catch(() => undefined);
  }
}

/** The next answer, or null where none has come for a while or the client has gone. */
function orSilence<T>(next: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const settle = (answer: () => void) => (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', silent);
      answer();
    };
    const silent = settle(() => resolve(null));
    const timer = setTimeout(silent, HEARTBEAT_MS);
    signal.addEventListener('abort', silent, { once: true });
    next.then(
      (value) => settle(() => resolve(value))(),
      (error: unknown) => settle(() => reject(error))(),
    );
  });
}
