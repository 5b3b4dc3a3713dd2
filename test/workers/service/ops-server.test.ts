import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createMetrics } from '../../../workers/metrics/registry.js';
import type { Operations } from '../../../workers/service/ops-routes.js';
import { type Serving, serveHealth, serveHttp } from '../../../workers/service/ops-server.js';
import { Readiness } from '../../../workers/service/readiness.js';
import { errorOf } from '../../support/errors.js';
import { healthOf } from '../../support/grpc-protocols.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

function operations(readiness = new Readiness('it is starting')): Operations {
  return {
    ...{ process: 'worker', version: '1.2.3', readiness, metrics: createMetrics('worker') },
    configuration: { store: '/store', 'temporal-api-key': '***' },
  };
}

async function serving(server: Promise<Serving>): Promise<string> {
  const { address, close } = await server;
  closing.push(close);
  return address;
}

/** An address of a port that is taken. */
async function taken(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const own = server.address();
  return `127.0.0.1:${typeof own === 'object' ? own?.port : ''}`;
}

const free = { address: '127.0.0.1:0', place: '--http', isGiven: true };

describe('what a process tells of itself', () => {
  it('given a process that starts, is ready and ends, then /readyz follows with the reason while /healthz stays', async () => {
    const readiness = new Readiness('it is starting');
    const address = await serving(serveHttp(operations(readiness), free));
    const get = async (path: string) => {
      const answer = await fetch(`http://${address}${path}`);
      return [answer.status, await answer.json()];
    };
    expect(await get('/readyz')).toEqual([503, { process: 'worker', ready: false, reason: 'it is starting' }]);
    readiness.set('start', null);
    expect(await get('/readyz')).toEqual([200, { process: 'worker', ready: true }]);
    readiness.set('stop', 'it is ending');
    expect(await get('/readyz')).toEqual([503, { process: 'worker', ready: false, reason: 'it is ending' }]);
    expect(await get('/healthz')).toEqual([200, { process: 'worker', version: '1.2.3', alive: true }]);
  });

  it('given /configz and /metrics, then there are the settings and the text of the metrics', async () => {
    const address = await serving(serveHttp(operations(), free));
    const configz = await (await fetch(`http://${address}/configz`)).json();
    expect(configz).toEqual({
      ...{ process: 'worker', version: '1.2.3' },
      configuration: { store: '/store', 'temporal-api-key': '***' },
    });
    const metrics = await fetch(`http://${address}/metrics`);
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    expect(await metrics.text()).toContain('prunefront_process_cpu_seconds_total');
  });

  it("given gRPC's health protocol, then it follows for the process and for the empty name", async () => {
    const readiness = new Readiness('it is starting');
    const address = await serving(serveHealth(operations(readiness), free));
    const both = () => Promise.all(['', 'prunefront.worker'].map((name) => healthOf(address, name)));
    expect(await both()).toEqual(['NOT_SERVING', 'NOT_SERVING']);
    readiness.set('start', null);
    expect(await both()).toEqual(['SERVING', 'SERVING']);
    readiness.set('stop', 'it is ending');
    expect(await both()).toEqual(['NOT_SERVING', 'NOT_SERVING']);
  });

  it.each([
    ['HTTP', serveHttp],
    ['gRPC health', serveHealth],
  ])('given %s and a default port that is taken, then it takes a free one', async (_, serve) => {
    const address = await taken();
    const own = await serving(serve(operations(), { address, place: '--http', isGiven: false }));
    expect(own).toMatch(/^127\.0\.0\.1:[1-9]\d+$/);
    expect(own).not.toBe(address);
  });

  it.each([
    ['HTTP', serveHttp],
    ['gRPC health', serveHealth],
  ])('given %s and a chosen port that is taken, then the error names where it was chosen', async (_, serve) => {
    const address = await taken();
    const wanted = { address, place: 'PRUNEFRONT_HTTP', isGiven: true };
    const { facts } = await errorOf('PRUNEFRONT_USAGE', () => serve(operations(), wanted));
    expect(facts).toMatchObject({ place: 'PRUNEFRONT_HTTP', found: expect.stringContaining(address) });
  });

  it.each(['nowhere', '127.0.0.1', '127.0.0.1:x', '127.0.0.1:65536', ':80'])(
    'given the address %s, then it is refused',
    async (address) => {
      await errorOf('PRUNEFRONT_USAGE', () => serveHttp(operations(), { ...free, address }));
    },
  );
});
