import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NightLog } from '../../core/nightly/night-log.js';
import { Publications } from '../../core/nightly/publications.js';
import { nodeSamples } from '../../workers/metrics/node-gauges.js';
import { createMetrics } from '../../workers/metrics/registry.js';
import { temporalTelemetry } from '../../workers/metrics/temporal-sdk.js';
import { annotationQueries, interpolated, panelQueries } from '../support/dashboard-queries.js';
import { frontPoint } from '../support/front-points.js';
import { lineageOf, nightRecord } from '../support/night-records.js';
import { PaperSweeps, until } from '../support/paper-sweeps.js';
import { temporaryFolders } from '../support/temporary-folder.js';
import { TestGateway, yamlSpec } from '../support/test-gateway.js';
import { servePage, TestPrometheus } from '../support/test-prometheus.js';
import { workerPage } from '../support/worker-page.js';

const DCGM = new URL('../support/pages/dcgm-exporter.txt', import.meta.url);
const SPARSITY = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98];
const DIVERGING = [0.2, 0.5, 0.8, 0.9];

/** A real server, gateway and orchestrator under a real Prometheus. Machines with GPUs stand in: there are none here. */
describe('a sweep with failures under Prometheus', () => {
  const folder = temporaryFolders(afterAll);
  const closing: (() => Promise<unknown>)[] = [];
  let prometheus: TestPrometheus;
  const from = Date.now() / 1000;

  beforeAll(async () => {
    const telemetry = await temporalTelemetry();
    const install = () =>
      Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { metrics: telemetry.metrics } });
    const sweeps = await PaperSweeps.open([], undefined, { installRuntime: install });
    closing.unshift(() => sweeps.close());
    const gateway = await TestGateway.start(sweeps.env.address, sweeps.store);
    closing.unshift(() => gateway.close());
    await someNights(gateway, sweeps);
    // Nodes report to gateways that they are registered with; the one that stands in has not.
    gateway.server.metrics.onCollect('nodes', ['prunefront_nodes'], () =>
      nodeSamples([{ state: 'ready' }, { state: 'lost' }]),
    );

    const orchestrator = createMetrics('orchestrator');
    orchestrator.append('temporal sdk', () => telemetry.text());
    let scrapes = 0;
    const pages = {
      'prunefront-gateway': () => gateway.server.metrics.text(),
      'prunefront-orchestrator': () => orchestrator.text(),
      'prunefront-worker': async () => workerPage(++scrapes),
      dcgm: () => readFile(DCGM, 'utf8'),
    };
    const targets: Record<string, string[]> = {};
    for (const [job, page] of Object.entries(pages)) {
      const { address, close } = await servePage(page);
      closing.unshift(close);
      targets[job] = [address];
    }
    prometheus = await TestPrometheus.start(await folder(), targets);
    closing.unshift(() => prometheus.stop());
    await prometheus.scraped(Object.keys(targets).length);
    await sweepWithFailures(sweeps, gateway);
    // What happened last is in the answers once it was scraped twice, so that it has a rate.
    await sleep(3000);
  });

  afterAll(async () => {
    for (const close of closing) await close();
  });

  it.each(panelQueries().map(({ where, expr }) => [where, expr]))('%s has data', async (_, expr) => {
    expect(await numbersOf(interpolated(expr))).not.toEqual([]);
  });

  it.each(annotationQueries().map(({ where, expr }) => [where, expr]))('%s has data', async (_, expr) => {
    const times = await numbersOf(interpolated(expr));
    expect(times).not.toEqual([]);
    // Milliseconds since 1970, of this century.
    for (const time of times) expect(new Date(time).getUTCFullYear()).toBeGreaterThanOrEqual(2025);
  });

  it('and tells failures by their causes, as the sweep did', async () => {
    const series = await prometheus.range('prunefront_sweep_failed_candidates', from);
    expect(series.map(({ metric, values }) => [metric['cause'], values.at(-1)?.[1]])).toEqual([
      ['PRUNEFRONT_DIVERGED', String(DIVERGING.length)],
    ]);
  });

  it('and has the alert of a third of failed candidates pending, with all rules in order', async () => {
    await until(async () => (await prometheus.brokenRules()).length === 0);
    const alerts = await prometheus.alerts();
    const raised = alerts.find(({ labels }) => labels['alertname'] === 'PrunefrontSweepFailureRate');
    expect(raised?.labels).toMatchObject({ sweep: 'watched', severity: 'warning' });
    expect(alerts.some(({ labels }) => labels['alertname'] === 'PrunefrontSweepNoProgress')).toBe(false);
  });

  /** All finite values of an expression since the test began. */
  async function numbersOf(expr: string): Promise<readonly number[]> {
    const series = await prometheus.range(expr, from);
    return series.flatMap(({ values }) => values.map(([, value]) => Number(value))).filter(Number.isFinite);
  }
});

/** A sweep that somebody watches: a third of its candidates diverges, and a trainer dies. */
async function sweepWithFailures(sweeps: PaperSweeps, gateway: TestGateway): Promise<void> {
  let lost = 0;
  sweeps.slots.behave = async ({ operation }) => {
    await sleep(300);
    if (operation.kind !== 'prune') return null;
    if (DIVERGING.includes(operation.sparsity)) {
      return { kind: 'failed', error: { code: 'PRUNEFRONT_DIVERGED', message: 'The loss became NaN' } };
    }
    return ++lost === 1 ? { kind: 'lost', reason: 'it was killed' } : null;
  };
  const { sweepId } = await gateway.start(yamlSpec('watched', SPARSITY));
  for await (const _ of gateway.client.watch(sweepId, new AbortController().signal)) {
    // What a person does meanwhile: look, and ask for what is not there.
    await gateway.client.list();
    await gateway.failure('GetSweep', { sweepId: 'none' });
  }
}

/** A schedule with two nights, the second worse, and what the first published. */
async function someNights(gateway: TestGateway, sweeps: PaperSweeps): Promise<void> {
  await gateway.client.schedules.create({
    ...{ name: 'digits', cron: '0 2 * * *', timeZone: 'UTC' },
    spec: {
      text: yamlSpec('digits', [0.5], 'nightly: { watch: { models: /tmp }, publish: { name: digits-model } }'),
      fileName: 'spec.yaml',
      baseFolder: '/',
    },
  });
  const log = new NightLog(sweeps.store);
  await log.record(nightRecord('digits', 1, 'published'));
  await log.record(nightRecord('digits', 2, 'kept', [0.98, 0.95]));
  const { summary } = frontPoint('c001', { accuracy: 0.98 });
  await new Publications(sweeps.store).publish(
    { name: 'digits-model', metrics: summary, lineage: lineageOf('digits'), spec: '', folder: null },
    [],
  );
}
