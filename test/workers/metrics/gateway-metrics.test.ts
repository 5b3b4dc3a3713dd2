import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Gate } from '../../support/paper-slots.js';
import { PaperSweeps, until } from '../../support/paper-sweeps.js';
import type { ParsedMetric } from '../../support/prometheus-text.js';
import { parsePrometheus, seriesValue } from '../../support/prometheus-text.js';
import { TestGateway, yamlSpec } from '../../support/test-gateway.js';

describe('the metrics of a gateway', () => {
  let sweeps: PaperSweeps;
  let gateway: TestGateway;

  beforeAll(async () => {
    sweeps = await PaperSweeps.open();
    gateway = await TestGateway.start(sweeps.env.address, sweeps.store);
  });
  afterAll(async () => {
    await gateway.close();
    await sweeps.close();
  });

  const scrape = async () => parsePrometheus(await gateway.server.metrics.text());
  /** The first page on which all these series have their values. */
  async function pageWhen(
    ...wanted: readonly (readonly [name: string, labels: Record<string, string>, value: number])[]
  ): Promise<Map<string, ParsedMetric>> {
    let page = await scrape();
    await until(async () => {
      page = await scrape();
      return wanted.every(([name, labels, value]) => seriesValue(page, name, labels) === value);
    });
    return page;
  }

  it('given a real sweep, then its gauges are right in the middle of it and after its end', async () => {
    const gate = new Gate();
    // The sparsest candidates wait, one of the others fails.
    sweeps.slots.behave = async ({ operation }, signal) => {
      if (operation.kind !== 'prune') return null;
      if (operation.sparsity === 0.5) return { kind: 'failed', error: { code: 'PRUNEFRONT_DIVERGED', message: 'NaN' } };
      return operation.sparsity > 0.5 ? gate.pass(signal) : null;
    };
    const spec = yamlSpec(
      'metered',
      [0.2, 0.4, 0.5, 0.8, 0.9],
      'select: { best: bytesGzip }\nbudget: { candidates: 10 }',
    );
    const { sweepId } = await gateway.start(spec);
    const sweep = 'metered';
    const middle = await pageWhen(
      ['prunefront_sweep_stages', { sweep, state: 'running' }, 2],
      ['prunefront_sweep_candidates', { sweep, state: 'done' }, 2],
      ['prunefront_sweep_candidates', { sweep, state: 'failed' }, 1],
    );
    const inMiddle = (name: string, labels: Record<string, string> = {}) =>
      seriesValue(middle, name, { sweep, ...labels });
    expect(inMiddle('prunefront_sweep_state', { state: 'searching' })).toBe(1);
    expect(inMiddle('prunefront_sweep_candidates', { state: 'planned' })).toBe(5);
    expect(inMiddle('prunefront_sweep_candidates', { state: 'done' })).toBe(2);
    expect(inMiddle('prunefront_sweep_candidates', { state: 'failed' })).toBe(1);
    expect(inMiddle('prunefront_sweep_failed_candidates', { cause: 'PRUNEFRONT_DIVERGED' })).toBe(1);
    expect(inMiddle('prunefront_sweep_budget_used_ratio', { budget: 'candidates' })).toBeCloseTo(0.3);
    expect(inMiddle('prunefront_sweep_front_size')).toBe(3);
    expect(inMiddle('prunefront_sweep_best_accuracy_ratio')).toBe(0.9);
    // What the policy would pick now: the smallest so far.
    expect(inMiddle('prunefront_sweep_accuracy_ratio', { model: 'selected' })).toBe(0.8);
    expect(inMiddle('prunefront_sweep_accuracy_drop_ratio')).toBeCloseTo(0.2);
    expect(inMiddle('prunefront_sweep_model_bytes', { model: 'dense', encoding: 'gzip' })).toBe(1000);
    const volumeInMiddle = inMiddle('prunefront_sweep_hypervolume') ?? Number.NaN;

    gate.open();
    const end = await pageWhen(['prunefront_sweep_state', { sweep, state: 'done' }, 1]);
    const atEnd = (name: string, labels: Record<string, string> = {}) => seriesValue(end, name, { sweep, ...labels });
    expect(atEnd('prunefront_sweep_state', { state: 'searching' }), 'it is in one state').toBeNull();
    expect(atEnd('prunefront_sweep_candidates', { state: 'done' })).toBe(4);
    expect(atEnd('prunefront_sweep_stages', { state: 'running' })).toBe(0);
    expect(atEnd('prunefront_sweep_front_size')).toBe(5);
    expect(atEnd('prunefront_sweep_hypervolume')).toBeGreaterThan(volumeInMiddle);
    const { rows, hypervolume } = await gateway.client.result(sweepId);
    const picked = rows.flatMap((row) => (row.status === 'ok' && row.selected ? [row.observation] : []));
    expect(picked).toMatchObject([{ validation: { accuracy: 0.55 }, bytesGzip: 190 }]);
    expect(atEnd('prunefront_sweep_accuracy_ratio', { model: 'selected' })).toBe(0.55);
    expect(atEnd('prunefront_sweep_model_bytes', { model: 'selected', encoding: 'gzip' })).toBe(190);
    expect(atEnd('prunefront_sweep_hypervolume')).toBeCloseTo(hypervolume, 10);
    const start = atEnd('prunefront_sweep_start_time_seconds') ?? Number.NaN;
    const last = atEnd('prunefront_sweep_last_progress_time_seconds') ?? Number.NaN;
    expect(last).toBeGreaterThan(start);
    expect(atEnd('prunefront_sweep_end_time_seconds')).toBeGreaterThanOrEqual(last);
    expect(seriesValue(end, 'prunefront_sweeps', { state: 'done' })).toBe(1);

    const labels = [...end.values()].flatMap(({ samples }) => samples.flatMap((each) => Object.values(each.labels)));
    const ids = [sweepId, ...rows.map(({ id }) => id)].filter((id) => id !== 'dense');
    expect(labels.filter((label) => ids.some((id) => label.includes(id)))).toEqual([]);
  });

  it('given calls over gRPC, then they are counted by method and status code', async () => {
    await gateway.client.list();
    await gateway.failure('GetSweep', { sweepId: 'nobody' });
    const count = 'prunefront_gateway_call_seconds_count';
    const page = await pageWhen([count, { method: 'SweepService/GetSweep', code: 'NOT_FOUND' }, 1]);
    expect(seriesValue(page, count, { method: 'SweepService/ListSweeps', code: 'OK' })).toBeGreaterThanOrEqual(1);
  });

  it('given a client that watches and goes, then its stream is open, and then has ended', async () => {
    const gate = new Gate();
    sweeps.slots.behave = (_, signal) => gate.pass(signal);
    const { sweepId } = await gateway.start(yamlSpec('watched', [0.3]));
    const gone = new AbortController();
    const watching = gateway.client.watch(sweepId, gone.signal);
    await watching.next();
    const method = 'SweepService/WatchSweep';
    const page = await pageWhen(['prunefront_gateway_streams', { method }, 1]);
    expect(seriesValue(page, 'prunefront_gateway_events_sent_total', { method })).toBeGreaterThanOrEqual(1);
    gone.abort();
    await watching.return(undefined);
    await pageWhen(['prunefront_gateway_streams', { method }, 0]);
    await pageWhen(['prunefront_gateway_streams_ended_total', { method, code: 'CANCELLED' }, 1]);
    gate.open();
    await sweeps.env.client.workflow.getHandle(`sweep-${sweepId}`).result();
  });
});
