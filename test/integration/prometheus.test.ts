import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SweepProgress } from '../../core/sweep/progress.js';
import { METRICS, type MetricDefinition } from '../../workers/metrics/catalogue.js';
import { annotationQueries, interpolated, panelQueries } from '../support/dashboard-queries.js';
import { errorOf } from '../support/errors.js';
import { gpuPage } from '../support/gpu-page.js';
import { TestStack } from '../support/local-stack.js';
import { NightsFolder, TestSchedule } from '../support/nights.js';
import { until } from '../support/paper-sweeps.js';
import { temporaryFolders } from '../support/temporary-folder.js';
import { servePage, TestPrometheus } from '../support/test-prometheus.js';

/** What only shows in a situation of its own: a source of metrics that fails. */
const ABSENT = /^prunefront_collection_failures_total /;
const DCGM = new URL('../support/pages/dcgm-exporter.txt', import.meta.url);
/** Twelve candidates, of which those at the second rate diverge; so long that a trainer can be killed on the way. */
const SPEC = `
name: watched
model: { zoo: mnistMlp }
dataset: mnist
baseline: { epochs: 2, optimizer: adam }
space:
  method: { granularity: weight, criterion: magnitude, scope: global }
  sparsity: [0.3, 0.5, 0.7, 0.8, 0.9, 0.95]
  schedule: oneShot
  recovery: [{ epochs: 2, learningRate: 0.0005 }, { epochs: 2, learningRate: 1.0e+30 }]
budget: { wallClock: 10m }
`;

/** The real stack under a real Prometheus; a page of a machine with GPUs, and one of DCGM's exporter, stand beside it. */
describe('a sweep with failures under Prometheus', () => {
  const folder = temporaryFolders(afterAll);
  const closing: (() => Promise<unknown>)[] = [];
  let prometheus: TestPrometheus;
  let progress: SweepProgress;
  const from = Date.now() / 1000;

  beforeAll(async () => {
    const stack = await TestStack.start();
    closing.unshift(() => stack.stop());
    const gpus = await servePage(async () => gpuPage());
    const dcgm = await servePage(() => readFile(DCGM, 'utf8'));
    closing.unshift(gpus.close, dcgm.close);
    const { gateway, orchestrator, 'gpu-node': worker } = stack.metrics;
    const targets = {
      'prunefront-gateway': [gateway ?? ''],
      'prunefront-orchestrator': [orchestrator ?? ''],
      'prunefront-worker': [worker ?? '', gpus.address],
      dcgm: [dcgm.address],
    };
    prometheus = await TestPrometheus.start(await folder(), targets);
    closing.unshift(() => prometheus.stop());
    await prometheus.scraped(Object.values(targets).flat().length);
    progress = await sweepWithFailures(stack);
    await someNights(stack);
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

  it('and tells candidates and failures by their causes, as the sweep did', async () => {
    const last = async (expr: string) =>
      (await prometheus.range(expr, from)).map(({ metric, values }) => [
        metric['cause'] ?? metric['state'],
        values.at(-1)?.[1],
      ]);
    expect(await last('prunefront_sweep_failed_candidates')).toEqual([['PRUNEFRONT_DIVERGED', '6']]);
    expect(progress.candidates).toMatchObject({ ok: 6, failed: 6 });
    expect(await last('max by (cause) (prunefront_stages_ended_total{outcome="failed"})')).toEqual([
      ['PRUNEFRONT_DIVERGED', '6'],
    ]);
    expect(await last('sum by (reason) (prunefront_trainer_restarts_total)')).not.toEqual([]);
  });

  it('and serves every metric of the catalogue, each by the processes that it says', async () => {
    const missing: string[] = [];
    for (const [name, { servedBy, type }] of Object.entries<MetricDefinition>(METRICS)) {
      const series = await prometheus.range(type === 'histogram' ? `${name}_count` : name, from);
      for (const process of servedBy)
        if (!series.some(({ metric }) => metric['job'] === `prunefront-${process}`))
          missing.push(`${name} of ${process}`);
    }
    expect(missing.filter((each) => !ABSENT.test(each))).toEqual([]);
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

/** A sweep that somebody watches: half of its candidates diverge, and a trainer is killed. */
async function sweepWithFailures(stack: TestStack): Promise<SweepProgress> {
  const sweepId = await stack.sweep(SPEC);
  const { trainers } = await stack.catchMidStage(sweepId);
  const [first = 0, ...others] = trainers;
  process.kill(first, 'SIGKILL');
  for (const pid of others) process.kill(pid, 'SIGCONT');
  let last: SweepProgress | null = null;
  for await (const { progress } of stack.gateway.watch(sweepId, new AbortController().signal)) {
    last = progress;
    // What a person does meanwhile: look, and ask for what is not there.
    await stack.gateway.list();
    await errorOf('PRUNEFRONT_SWEEP_NOT_FOUND', () => stack.gateway.status('none'));
  }
  if (last === null) throw new Error('nobody told of the sweep');
  return last;
}

/** Two nights, the second with a worse model, so that what the first published stays. */
async function someNights(stack: TestStack): Promise<void> {
  const folder = await NightsFolder.make(join(stack.state, 'team'));
  const nightly = 'watch: { models: ./models }\npublish: { name: sides }';
  const nights = await TestSchedule.create(stack, folder.folder, 'sides', folder.spec('sides', nightly));
  await folder.save('monday', 0.2);
  await nights.night();
  // The graph of a version needs a moment of its own.
  await sleep(2000);
  await folder.save('tuesday', 0.7);
  await nights.night();
}
