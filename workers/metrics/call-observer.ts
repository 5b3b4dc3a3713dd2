import { status as Status } from '@grpc/grpc-js';
import type { Call, Caller, Calls, StreamingCall, UnaryCall } from '../gateway/calls/call.js';
import { callError } from '../gateway/grpc/call-errors.js';
import type { Metrics } from './registry.js';

/**
 * The same calls, each counted with its status code and duration, whichever transport asks; streams with what they send.
 * @param service - its name without the package: `SweepService`
 */
export function observedCalls<Names extends string>(
  service: string,
  calls: Calls<Names>,
  metrics: Metrics,
): Calls<Names> {
  const observed = Object.entries<Call>(calls).map(([name, call]): [string, Call] => {
    const method = `${service}/${name}`;
    return [name, call.kind === 'unary' ? observedUnary(method, call, metrics) : observedStream(method, call, metrics)];
  });
  return Object.fromEntries(observed) as Calls<Names>;
}

function observedUnary<Request, Response>(
  method: string,
  call: UnaryCall<Request, Response>,
  metrics: Metrics,
): UnaryCall<Request, Response> {
  const seconds = metrics.histogram('prunefront_gateway_call_seconds');
  return {
    ...call,
    async answer(request, caller) {
      const startedAt = performance.now();
      let code = 'OK';
      try {
        return await call.answer(request, caller);
      } catch (error) {
        code = codeOf(error);
        throw error;
      } finally {
        seconds.observe({ method, code: goneOr(code, caller) }, (performance.now() - startedAt) / 1000);
      }
    },
  };
}

function observedStream<Request, Response>(
  method: string,
  call: StreamingCall<Request, Response>,
  metrics: Metrics,
): StreamingCall<Request, Response> {
  const open = metrics.gauge('prunefront_gateway_streams');
  const ended = metrics.counter('prunefront_gateway_streams_ended_total');
  const sent = metrics.counter('prunefront_gateway_events_sent_total');
  // A rate needs a series from before its first event.
  open.set({ method }, 0);
  sent.inc({ method }, 0);
  ended.inc({ method, code: 'OK' }, 0);
  return {
    ...call,
    async *answer(request, caller) {
      open.add({ method }, 1);
      // Who reads no further ends the stream at a `yield`.
      let code = 'CANCELLED';
      try {
        for await (const message of call.answer(request, caller)) {
          sent.inc({ method });
          yield message;
        }
        code = 'OK';
      } catch (error) {
        code = codeOf(error);
        throw error;
      } finally {
        open.add({ method }, -1);
        ended.inc({ method, code: goneOr(code, caller) });
      }
    },
  };
}

function codeOf(error: unknown): string {
  return Status[callError(error).code] ?? 'UNKNOWN';
}

/** What is answered to nobody. */
function goneOr(code: string, { signal }: Caller): string {
  return signal.aborted ? 'CANCELLED' : code;
}
