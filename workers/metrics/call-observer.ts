import { status as Status } from '@grpc/grpc-js';
import { callError } from '../gateway/grpc/call-errors.js';
import type { Metrics } from './registry.js';

/** Who waits for an answer. */
interface Waiting {
  /** Fires when nobody waits any more. */
  readonly signal: AbortSignal;
}

interface Unary {
  readonly kind: 'unary';
  answer(request: unknown, from: Waiting): Promise<unknown>;
}

interface Streaming {
  readonly kind: 'streaming';
  answer(request: unknown, from: Waiting): AsyncIterable<unknown>;
}

/**
 * The same calls, each counted with its status code and duration, whichever transport asks; streams with what they send. Goes around the guards
 * of the calls, so that what they refuse is counted too.
 * @param service - its name without the package: `SweepService`
 */
export function observedCalls<Table extends Readonly<Record<string, Unary | Streaming>>>(
  service: string,
  calls: Table,
  metrics: Metrics,
): Table {
  const observed = Object.entries(calls).map(([name, call]) => {
    const method = `${service}/${name}`;
    return [name, call.kind === 'unary' ? observedUnary(method, call, metrics) : observedStream(method, call, metrics)];
  });
  return Object.fromEntries(observed) as Table;
}

function observedUnary(method: string, call: Unary, metrics: Metrics): Unary {
  const seconds = metrics.histogram('prunefront_gateway_call_seconds');
  return {
    ...call,
    async answer(request, from) {
      const startedAt = performance.now();
      let code = 'OK';
      try {
        return await call.answer(request, from);
      } catch (error) {
        code = codeOf(error);
        throw error;
      } finally {
        seconds.observe({ method, code: goneOr(code, from) }, (performance.now() - startedAt) / 1000);
      }
    },
  };
}

function observedStream(method: string, call: Streaming, metrics: Metrics): Streaming {
  const open = metrics.gauge('prunefront_gateway_streams');
  const ended = metrics.counter('prunefront_gateway_streams_ended_total');
  const sent = metrics.counter('prunefront_gateway_events_sent_total');
  // A rate needs a series from before its first event.
  open.set({ method }, 0);
  sent.inc({ method }, 0);
  ended.inc({ method, code: 'OK' }, 0);
  return {
    ...call,
    async *answer(request, from) {
      open.add({ method }, 1);
      // Who reads no further ends the stream at a `yield`.
      let code = 'CANCELLED';
      try {
        for await (const message of call.answer(request, from)) {
          sent.inc({ method });
          yield message;
        }
        code = 'OK';
      } catch (error) {
        code = codeOf(error);
        throw error;
      } finally {
        open.add({ method }, -1);
        ended.inc({ method, code: goneOr(code, from) });
      }
    },
  };
}

function codeOf(error: unknown): string {
  return Status[callError(error).code] ?? 'UNKNOWN';
}

/** What is answered to nobody. */
function goneOr(code: string, { signal }: Waiting): string {
  return signal.aborted ? 'CANCELLED' : code;
}
