import { describe, expect, it } from 'vitest';
import { PrunefrontError } from '../../../core/errors.js';
import { METRICS, type MetricDefinition, type Process } from '../../../workers/metrics/catalogue.js';
import { createMetrics } from '../../../workers/metrics/registry.js';
import { parsePrometheus, seriesValue } from '../../support/prometheus-text.js';

const DEFINITIONS = Object.entries<MetricDefinition>(METRICS);
const PROCESSES: readonly Process[] = ['gateway', 'orchestrator', 'worker'];
const UNITS = ['seconds', 'bytes', 'ratio', 'celsius', 'watts'];
const SCALED = /milli|micro|nano|minute|hour|day|percent|kilo|mega|kib|mib|gib|_ms\b|_mb\b/i;

describe('the catalogue', () => {
  it.each(DEFINITIONS)('given %s, then name, unit, labels and help keep the conventions', (name, metric) => {
    expect(name).toMatch(/^prunefront_[a-z0-9]+(_[a-z0-9]+)*$/);
    expect(name.endsWith('_total'), 'counters alone end in _total').toBe(metric.type === 'counter');
    expect(name).not.toMatch(SCALED);
    expect(name).not.toMatch(/_(?:sum|count|bucket)$/);
    const unit = name.split('_').findIndex((word) => UNITS.includes(word));
    if (unit >= 0)
      expect(
        name
          .split('_')
          .slice(unit + 1)
          .join('_'),
      ).toMatch(/^(?:total)?$/);
    if (metric.type === 'histogram') expect(UNITS).toContain(name.split('_').at(-1));
    expect(metric.help).toMatch(/^[A-Z0-9][^\n]{15,}\.$/);
    expect(metric.servedBy.length).toBeGreaterThan(0);
    expect(new Set(metric.labels).size).toBe(metric.labels.length);
  });

  it('given all labels, then none can hold a candidate, a stage, a run or a person', () => {
    const labels = new Set(DEFINITIONS.flatMap(([, metric]) => metric.labels));
    expect(
      [...labels].filter((label) => /candidate|stage|run|id$|key|hash|user|principal|token|path|address/.test(label)),
    ).toEqual([]);
    for (const label of labels) expect(label).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  it('given the buckets of times, then those of stages reach from seconds to hours and those of calls from milliseconds to a wait', () => {
    const bounds = (name: 'prunefront_stage_run_seconds' | 'prunefront_gateway_call_seconds') => METRICS[name].buckets;
    expect(bounds('prunefront_stage_run_seconds').at(0)).toBeLessThanOrEqual(1);
    expect(bounds('prunefront_stage_run_seconds').at(-1)).toBeGreaterThanOrEqual(12 * 3600);
    expect(bounds('prunefront_gateway_call_seconds').at(0)).toBeLessThanOrEqual(0.001);
    for (const [, { buckets = [] }] of DEFINITIONS)
      expect([...buckets]).toEqual([...new Set(buckets)].sort((a, b) => a - b));
  });
});

describe('the metrics of a process', () => {
  it.each(PROCESSES)(
    'given a %s, then it tells type and help of exactly its part of the catalogue',
    async (process) => {
      const page = parsePrometheus(await createMetrics(process).text());
      const served = DEFINITIONS.filter(([, { servedBy }]) => servedBy.includes(process));
      for (const [name, { type, help }] of served) expect(page.get(name)).toMatchObject({ type, help });
      const ours = [...page.keys()].filter((name) => !/^prunefront_(?:process|nodejs)_/.test(name));
      expect(ours.sort()).toEqual(served.map(([name]) => name).sort());
    },
  );

  it('given two of them in one process, then neither knows what the other counts', async () => {
    const [one, other] = [createMetrics('worker'), createMetrics('worker')];
    one.counter('prunefront_stages_resumed_total').inc({ node: 'a' });
    expect(seriesValue(parsePrometheus(await one.text()), 'prunefront_stages_resumed_total', { node: 'a' })).toBe(1);
    expect(seriesValue(parsePrometheus(await other.text()), 'prunefront_stages_resumed_total')).toBeNull();
  });

  it('given counters, gauges and histograms, when they are used, then the text holds what was counted', async () => {
    const metrics = createMetrics('worker');
    const ended = { node: 'n', sweep: 's', method: 'm', outcome: 'failed', cause: 'PRUNEFRONT_DIVERGED' };
    metrics.counter('prunefront_stages_ended_total').inc(ended);
    metrics.counter('prunefront_stages_ended_total').inc(ended, 2);
    metrics.gauge('prunefront_stages_running').set({ node: 'n', method: 'm' }, 3);
    metrics.gauge('prunefront_stages_running').add({ node: 'n', method: 'm' }, -1);
    metrics.histogram('prunefront_stage_run_seconds').observe({ method: 'm', outcome: 'done' }, 100);
    const page = parsePrometheus(await metrics.text());
    expect(seriesValue(page, 'prunefront_stages_ended_total', ended)).toBe(3);
    expect(seriesValue(page, 'prunefront_stages_running', { node: 'n' })).toBe(2);
    expect(seriesValue(page, 'prunefront_stage_run_seconds_sum')).toBe(100);
    expect(seriesValue(page, 'prunefront_stage_run_seconds_bucket', { le: '60' })).toBe(0);
    expect(seriesValue(page, 'prunefront_stage_run_seconds_bucket', { le: '120' })).toBe(1);
  });

  it('given a label with quotes, backslashes and line ends, then it is read as it was', async () => {
    const metrics = createMetrics('worker');
    const node = 'a "b" \\ c\nd';
    metrics.counter('prunefront_stages_resumed_total').inc({ node });
    expect(seriesValue(parsePrometheus(await metrics.text()), 'prunefront_stages_resumed_total', { node })).toBe(1);
  });

  it('given a metric of another process, when it is asked for, then that is a bug with its name', () => {
    const ask = () => createMetrics('gateway').counter('prunefront_stages_resumed_total');
    expect(ask).toThrow(
      new PrunefrontError('PRUNEFRONT_INTERNAL', 'A gateway does not serve the metric prunefront_stages_resumed_total'),
    );
  });

  it('given samples taken at each scrape, when a series is gone, then it disappears, and totals do not add up over scrapes', async () => {
    const metrics = createMetrics('gateway');
    let nights = { a: 2, b: 1 } as Record<string, number>;
    metrics.onCollect('nights', ['prunefront_nightly_skipped_total'], async () =>
      Object.entries(nights).map(([schedule, value]) => ({
        metric: 'prunefront_nightly_skipped_total',
        labels: { schedule },
        value,
      })),
    );
    const first = parsePrometheus(await metrics.text());
    expect(seriesValue(first, 'prunefront_nightly_skipped_total', { schedule: 'a' })).toBe(2);
    expect(seriesValue(first, 'prunefront_nightly_skipped_total', { schedule: 'b' })).toBe(1);
    nights = { a: 3 };
    const second = parsePrometheus(await metrics.text());
    expect(second.get('prunefront_nightly_skipped_total')?.samples).toEqual([
      { name: 'prunefront_nightly_skipped_total', labels: { schedule: 'a' }, value: 3 },
    ]);
  });

  it('given a source that fails, then its metrics are absent, the failure is counted by its code, and the rest is served', async () => {
    const metrics = createMetrics('gateway');
    let reachable = true;
    metrics.onCollect('nodes', ['prunefront_nodes'], () => {
      if (!reachable) throw new PrunefrontError('PRUNEFRONT_UNREACHABLE', 'no answer');
      return [{ metric: 'prunefront_nodes', labels: { state: 'ready' }, value: 1 }];
    });
    metrics.onCollect('sweeps', ['prunefront_sweeps'], async () => [
      { metric: 'prunefront_sweeps', labels: { state: 'done' }, value: 4 },
    ]);
    expect(seriesValue(parsePrometheus(await metrics.text()), 'prunefront_nodes', { state: 'ready' })).toBe(1);
    reachable = false;
    const page = parsePrometheus(await metrics.text());
    expect(seriesValue(page, 'prunefront_nodes')).toBeNull();
    expect(seriesValue(page, 'prunefront_sweeps', { state: 'done' })).toBe(4);
    const failed = { source: 'nodes', cause: 'PRUNEFRONT_UNREACHABLE' };
    expect(seriesValue(page, 'prunefront_collection_failures_total', failed)).toBe(1);
  });

  it('given a source that never answers, then the others are served before a scraper gives up', async () => {
    const metrics = createMetrics('gateway');
    metrics.onCollect('nodes', ['prunefront_nodes'], () => new Promise(() => undefined));
    metrics.gauge('prunefront_gateway_streams').set({ method: 'WatchSweep' }, 2);
    const page = parsePrometheus(await metrics.text());
    expect(seriesValue(page, 'prunefront_gateway_streams')).toBe(2);
    expect(seriesValue(page, 'prunefront_collection_failures_total', { cause: 'PRUNEFRONT_UNREACHABLE' })).toBe(1);
  });

  it('given scrapes at the same time, then the sources are asked once', async () => {
    const metrics = createMetrics('gateway');
    let asked = 0;
    metrics.onCollect('nodes', ['prunefront_nodes'], async () => {
      asked += 1;
      return [];
    });
    await Promise.all([metrics.text(), metrics.text(), metrics.text()]);
    expect(asked).toBe(1);
    await metrics.text();
    expect(asked).toBe(2);
  });

  it('given another exporter of the process, then its text follows; when it is gone, then the rest is served', async () => {
    const metrics = createMetrics('worker');
    metrics.append('exporter', async () => '# TYPE other_total counter\nother_total 1\n');
    expect(seriesValue(parsePrometheus(await metrics.text()), 'other_total')).toBe(1);
    metrics.append('second exporter', () => Promise.reject(new Error('gone')));
    const page = parsePrometheus(await metrics.text());
    expect(seriesValue(page, 'other_total')).toBe(1);
    expect(seriesValue(page, 'prunefront_collection_failures_total', { source: 'second exporter' })).toBe(1);
  });

  it('given any process, then memory, processor time and event-loop lag are served, and no gauge is named like a counter', async () => {
    const page = parsePrometheus(await createMetrics('orchestrator').text());
    expect(seriesValue(page, 'prunefront_process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(seriesValue(page, 'prunefront_process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(seriesValue(page, 'prunefront_nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0);
    for (const { name, type } of page.values()) expect(name.endsWith('_total'), name).toBe(type === 'counter');
  });
});
