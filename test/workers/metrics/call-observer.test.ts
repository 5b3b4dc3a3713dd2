import { describe, expect, it } from 'vitest';
import { PrunefrontError } from '../../../core/errors.js';
import { LOCAL } from '../../../workers/gateway/access/roles.js';
import { type Call, type Caller, streaming, unary } from '../../../workers/gateway/calls/call.js';
import { observedCalls } from '../../../workers/metrics/call-observer.js';
import { createMetrics, type Metrics } from '../../../workers/metrics/registry.js';
import { parsePrometheus, seriesValue } from '../../support/prometheus-text.js';

const caller = (signal = new AbortController().signal): Caller => ({ principal: LOCAL, signal });
const notFound = new PrunefrontError('PRUNEFRONT_SWEEP_NOT_FOUND', 'There is no such sweep');

/** One call, observed, with a look at what was counted. */
function observed(call: Call): {
  call: Call;
  look: (name: string, labels?: Record<string, string>) => Promise<number | null>;
} {
  const metrics: Metrics = createMetrics('gateway');
  const { Ask } = observedCalls('TestService', { Ask: call }, metrics);
  return {
    call: Ask,
    look: async (name, labels = {}) =>
      seriesValue(parsePrometheus(await metrics.text()), name, { method: 'TestService/Ask', ...labels }),
  };
}

async function readAll(call: Call, from = caller()): Promise<unknown[]> {
  if (call.kind !== 'streaming') throw new Error('not a stream');
  const messages: unknown[] = [];
  for await (const message of call.answer({}, from)) messages.push(message);
  return messages;
}

describe('calls that are observed', () => {
  it('given a call that is answered, then role and answer stay, and it is counted as OK with its duration', async () => {
    const { call, look } = observed(unary('operator', async (request: { n: number }) => ({ n: request.n + 1 })));
    expect(call.role).toBe('operator');
    expect(await call.answer({ n: 1 }, caller())).toEqual({ n: 2 });
    expect(await look('prunefront_gateway_call_seconds_count', { code: 'OK' })).toBe(1);
    expect(await look('prunefront_gateway_call_seconds_sum', { code: 'OK' })).toBeGreaterThan(0);
  });

  it('given a call that fails, then the error stays what it is, and it is counted by the status that the caller gets', async () => {
    const { call, look } = observed(unary('viewer', () => Promise.reject(notFound)));
    await expect(call.answer({}, caller())).rejects.toBe(notFound);
    expect(await look('prunefront_gateway_call_seconds_count', { code: 'NOT_FOUND' })).toBe(1);
    expect(await look('prunefront_gateway_call_seconds_count', { code: 'OK' })).toBeNull();
  });

  it('given a bug, then it is counted as INTERNAL', async () => {
    const { call, look } = observed(unary('viewer', () => Promise.reject(new TypeError('oops'))));
    await expect(call.answer({}, caller())).rejects.toThrow('oops');
    expect(await look('prunefront_gateway_call_seconds_count', { code: 'INTERNAL' })).toBe(1);
  });

  it('given a caller that has gone, then the call is counted as CANCELLED', async () => {
    const gone = new AbortController();
    const { call, look } = observed(unary('viewer', async () => gone.abort()));
    await call.answer({}, caller(gone.signal));
    expect(await look('prunefront_gateway_call_seconds_count', { code: 'CANCELLED' })).toBe(1);
  });

  it('given a stream, then it is open while it is read, and what it sent and how it ended is counted', async () => {
    const { call, look } = observed(
      streaming('viewer', async function* () {
        yield 'a';
        yield 'b';
      }),
    );
    expect(await look('prunefront_gateway_streams')).toBe(0);
    if (call.kind !== 'streaming') throw new Error('not a stream');
    const answers = call.answer({}, caller())[Symbol.asyncIterator]();
    expect(await answers.next()).toEqual({ done: false, value: 'a' });
    expect(await look('prunefront_gateway_streams')).toBe(1);
    expect(await answers.next()).toEqual({ done: false, value: 'b' });
    expect(await answers.next()).toEqual({ done: true, value: undefined });
    expect(await look('prunefront_gateway_streams')).toBe(0);
    expect(await look('prunefront_gateway_events_sent_total')).toBe(2);
    expect(await look('prunefront_gateway_streams_ended_total', { code: 'OK' })).toBe(1);
  });

  it('given a stream that fails in the middle, then it is closed and counted by its status', async () => {
    const { call, look } = observed(
      streaming('viewer', async function* () {
        yield 'a';
        throw new PrunefrontError('PRUNEFRONT_UNREACHABLE', 'gone');
      }),
    );
    await expect(readAll(call)).rejects.toThrow('gone');
    expect(await look('prunefront_gateway_streams')).toBe(0);
    expect(await look('prunefront_gateway_events_sent_total')).toBe(1);
    expect(await look('prunefront_gateway_streams_ended_total', { code: 'UNAVAILABLE' })).toBe(1);
  });

  it('given a reader that leaves, then what makes the stream is ended, and it is counted as CANCELLED', async () => {
    let ended = false;
    const { call, look } = observed(
      streaming('viewer', async function* () {
        try {
          for (;;) yield 'again';
        } finally {
          ended = true;
        }
      }),
    );
    if (call.kind !== 'streaming') throw new Error('not a stream');
    for await (const _ of call.answer({}, caller())) break;
    expect(ended).toBe(true);
    expect(await look('prunefront_gateway_streams')).toBe(0);
    expect(await look('prunefront_gateway_streams_ended_total', { code: 'CANCELLED' })).toBe(1);
  });
});
