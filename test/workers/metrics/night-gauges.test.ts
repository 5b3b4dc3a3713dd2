import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SchedulesClient } from '../../../client/schedules.js';
import type { Lineage } from '../../../core/nightly/manifest.js';
import type { NightOutcome, NightRecord } from '../../../core/nightly/night.js';
import { NightLog } from '../../../core/nightly/night-log.js';
import { Publications } from '../../../core/nightly/publications.js';
import { NIGHT_METRICS, nightSamples } from '../../../workers/metrics/night-gauges.js';
import { frontPoint } from '../../support/front-points.js';
import { PaperSweeps } from '../../support/paper-sweeps.js';
import { parsePrometheus, seriesValue } from '../../support/prometheus-text.js';
import { TestGateway, yamlSpec } from '../../support/test-gateway.js';

/** The nth night, an hour long. */
function night(
  n: number,
  outcome: NightOutcome,
  accuracies: readonly [opponent: number, selected: number] | null = null,
): NightRecord {
  const day = String(n).padStart(2, '0');
  const point = (accuracy: number) => frontPoint(`c00${n}`, { accuracy });
  return {
    ...{ schedule: 'digits', runId: `run-${n}`, outcome, reason: 'told here', publication: 'digits-model' },
    ...{ startedAt: `2026-01-${day}T02:00:00.000Z`, endedAt: `2026-01-${day}T03:00:00.000Z`, durationMs: 3_600_000 },
    ...{
      input: null,
      fingerprint: null,
      sweepId: null,
      comparison: null,
      version: null,
      error: null,
      notifications: [],
    },
    stages: { run: 0, reused: 0 },
    opponent: accuracies === null ? null : { version: 1, label: 'before', summary: point(accuracies[0]).summary },
    selected: accuracies === null ? null : { candidate: 'c001', ...point(accuracies[1]) },
  };
}

function values(nights: readonly NightRecord[], schedule: Partial<Parameters<typeof nightSamples>[0]> = {}) {
  const samples = nightSamples({ name: 'digits', paused: false, nextAt: null, skipped: 0, ...schedule, nights });
  return Object.fromEntries(
    samples.map(({ metric, labels, value }) => [[metric, ...Object.values(labels).slice(1)].join(' '), value]),
  );
}

describe('the metrics of a schedule', () => {
  it('given nights, newest first, then outcomes are counted, and success is the end of the newest that did not fail', () => {
    const nights = [
      night(4, 'failed'),
      night(3, 'kept', [0.98, 0.95]),
      night(2, 'published', [0.9, 0.98]),
      night(1, 'published'),
    ];
    expect(values(nights, { nextAt: new Date(5000), skipped: 2 })).toEqual({
      'prunefront_nightly_nights_total published': 2,
      'prunefront_nightly_nights_total kept': 1,
      'prunefront_nightly_nights_total unchanged': 0,
      'prunefront_nightly_nights_total failed': 1,
      prunefront_nightly_skipped_total: 2,
      prunefront_nightly_paused: 0,
      prunefront_nightly_next_time_seconds: 5,
      'prunefront_nightly_last_outcome failed': 1,
      prunefront_nightly_last_duration_seconds: 3600,
      prunefront_nightly_last_success_time_seconds: Date.parse('2026-01-03T03:00:00Z') / 1000,
      prunefront_nightly_regression_ratio: expect.closeTo(0.03, 10),
    });
  });

  it('given a night that was better, then the regression is below zero', () => {
    expect(values([night(1, 'published', [0.9, 0.98])])['prunefront_nightly_regression_ratio']).toBeCloseTo(-0.08);
  });

  it('given a schedule before its first night that is paused, then what no night has told is absent', () => {
    const told = values([], { paused: true });
    expect(told['prunefront_nightly_paused']).toBe(1);
    expect(Object.keys(told).filter((name) => /last|next|regression/.test(name))).toEqual([]);
  });

  it('given everything, then no metric is left out', () => {
    const samples = nightSamples({
      ...{ name: 'digits', paused: false, nextAt: new Date(), skipped: 0 },
      nights: [night(1, 'kept', [0.9, 0.8])],
    });
    expect(new Set(samples.map(({ metric }) => metric))).toEqual(new Set(NIGHT_METRICS));
  });
});

describe('the metrics of nights that a gateway serves', () => {
  let sweeps: PaperSweeps;
  let gateway: TestGateway;
  let schedules: SchedulesClient;

  beforeAll(async () => {
    sweeps = await PaperSweeps.open();
    gateway = await TestGateway.start(sweeps.env.address, sweeps.store);
    schedules = gateway.client.schedules;
  });
  afterAll(async () => {
    await gateway.close();
    await sweeps.close();
  });

  const scrape = async () => parsePrometheus(await gateway.server.metrics.text());

  it('given a schedule, its records and a publication, then they are told; when it is deleted, then its series are gone', async () => {
    const nightly = 'nightly: { watch: { models: /tmp }, publish: { name: digits-model } }';
    await schedules.create({
      ...{ name: 'digits', cron: '0 2 * * *', timeZone: 'UTC' },
      spec: { text: yamlSpec('digits', [0.5], nightly), fileName: 'spec.yaml', baseFolder: '/' },
    });
    const log = new NightLog(sweeps.store);
    await log.record(night(1, 'published'));
    await log.record(night(2, 'kept', [0.98, 0.95]));
    const { summary } = frontPoint('c001', {
      ...{ accuracy: 0.98, bytesGzip: 4321, latencyP95: 3 },
      own: { wrong: 0.02 },
    });
    const lineage: Lineage = {
      ...{ schedule: 'digits', runId: 'run-1', sweepId: 'digits-1', candidate: 'c001', label: 'half', stageKey: 'k' },
      ...{ stageKeys: ['k'], dataset: 'd', previousVersion: null },
      input: { kind: 'model', files: {}, newest: '/tmp/model.json', trainedOn: null },
    };
    const publications = new Publications(sweeps.store);
    await publications.publish({ name: 'digits-model', metrics: summary, lineage, spec: '', folder: null }, []);

    const page = await scrape();
    const schedule = 'digits';
    expect(seriesValue(page, 'prunefront_nightly_nights_total', { schedule, outcome: 'kept' })).toBe(1);
    expect(seriesValue(page, 'prunefront_nightly_nights_total', { schedule, outcome: 'failed' })).toBe(0);
    expect(seriesValue(page, 'prunefront_nightly_skipped_total', { schedule })).toBe(0);
    expect(seriesValue(page, 'prunefront_nightly_regression_ratio', { schedule })).toBeCloseTo(0.03);
    const next = seriesValue(page, 'prunefront_nightly_next_time_seconds', { schedule }) ?? Number.NaN;
    expect(new Date(next * 1000).toISOString()).toMatch(/T02:00:00/);
    const publication = 'digits-model';
    expect(seriesValue(page, 'prunefront_published_version', { publication })).toBe(1);
    expect(seriesValue(page, 'prunefront_published_accuracy_ratio', { publication })).toBe(0.98);
    expect(seriesValue(page, 'prunefront_published_score', { publication, metric: 'accuracy' })).toBe(0.98);
    expect(seriesValue(page, 'prunefront_published_score', { publication, metric: 'wrong' })).toBe(0.02);
    expect(seriesValue(page, 'prunefront_published_bytes', { publication, encoding: 'gzip' })).toBe(4321);
    expect(seriesValue(page, 'prunefront_published_latency_seconds', { publication, percentile: 'p95' })).toBe(0.003);
    expect(page.get('prunefront_collection_failures_total')?.samples).toEqual([]);

    await log.record(night(3, 'failed'));
    await schedules.command('pause', 'digits');
    const later = await scrape();
    expect(seriesValue(later, 'prunefront_nightly_nights_total', { schedule, outcome: 'failed' })).toBe(1);
    expect(seriesValue(later, 'prunefront_nightly_last_outcome', { schedule, outcome: 'kept' })).toBeNull();
    expect(seriesValue(later, 'prunefront_nightly_paused', { schedule })).toBe(1);
    expect(seriesValue(later, 'prunefront_nightly_next_time_seconds', { schedule })).toBeNull();

    await schedules.command('delete', 'digits');
    const gone = await scrape();
    expect(gone.get('prunefront_nightly_nights_total')?.samples).toEqual([]);
    expect(seriesValue(gone, 'prunefront_published_version', { publication })).toBe(1);
  });

  it('given a Temporal server that is gone, then nights are absent with the cause counted, and what the store knows is served', async () => {
    const alone = await TestGateway.start('127.0.0.1:1', sweeps.store);
    try {
      const page = parsePrometheus(await alone.server.metrics.text());
      expect(page.get('prunefront_nightly_nights_total')?.samples).toEqual([]);
      const failed = { source: 'schedules', cause: 'PRUNEFRONT_UNREACHABLE' };
      expect(seriesValue(page, 'prunefront_collection_failures_total', failed)).toBe(1);
      expect(seriesValue(page, 'prunefront_published_version', { publication: 'digits-model' })).toBe(1);
    } finally {
      await alone.close();
    }
  });
});
