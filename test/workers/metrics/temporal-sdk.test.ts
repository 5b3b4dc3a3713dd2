import { DefaultLogger, Runtime } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { PrunefrontError } from '../../../core/errors.js';
import { TEMPORAL_METRICS } from '../../../workers/metrics/inherited.js';
import { createMetrics } from '../../../workers/metrics/registry.js';
import { type TemporalTelemetry, temporalTelemetry } from '../../../workers/metrics/temporal-sdk.js';
import { PaperSweeps, paperSpec, until } from '../../support/paper-sweeps.js';
import { type ParsedMetric, parsePrometheus, seriesValue } from '../../support/prometheus-text.js';

describe("the metrics of Temporal's SDK", () => {
  let telemetry: TemporalTelemetry;
  let page: Map<string, ParsedMetric>;

  beforeAll(async () => {
    telemetry = await temporalTelemetry();
    const metrics = createMetrics('orchestrator');
    metrics.append('temporal sdk', () => telemetry.text());
    const install = () =>
      Runtime.install({ logger: new DefaultLogger('WARN'), telemetryOptions: { metrics: telemetry.metrics } });
    const sweeps = await PaperSweeps.open([], undefined, { installRuntime: install });
    try {
      await (await sweeps.start(paperSpec('metered', [0.5]))).result();
      // The SDK counts a workflow's end when the server has taken it.
      await until(async () => {
        page = parsePrometheus(await metrics.text());
        return seriesValue(page, 'temporal_workflow_completed_total') === 1;
      });
    } finally {
      await sweeps.close();
    }
  });

  it('given a process whose runtime has them, then its page has them after its own', () => {
    expect(seriesValue(page, 'prunefront_process_resident_memory_bytes')).toBeGreaterThan(0);
    expect(page.get('temporal_request_total')?.samples.length).toBeGreaterThan(0);
  });

  it('given what they count, then durations are in seconds, with buckets to hours where stages run, and counters end in _total', () => {
    const sdk = [...page.values()].filter(({ name }) => name.startsWith('temporal_'));
    for (const { name, type } of sdk) {
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      expect(name.endsWith('_seconds'), name).toBe(type === 'histogram');
    }
    const ran = 'temporal_activity_execution_latency_seconds';
    const of = { activity_type: 'runStage' };
    expect(seriesValue(page, `${ran}_count`, of)).toBe(4);
    expect(seriesValue(page, `${ran}_bucket`, { ...of, le: '43200' })).toBe(4);
    expect(seriesValue(page, `${ran}_sum`, of)).toBeLessThan(100);
  });

  it('given all that are served, then each is on the list that the documentation shows', () => {
    const served = [...page.keys()].filter((name) => name.startsWith('temporal_'));
    expect(served.length).toBeGreaterThan(10);
    expect(served.filter((name) => !Object.hasOwn(TEMPORAL_METRICS, name))).toEqual([]);
  });

  it('given labels, then none holds the id of a workflow or a candidate', () => {
    const values = [...page.values()].flatMap(({ samples }) => samples.flatMap(({ labels }) => Object.values(labels)));
    expect(values.filter((value) => /^c\d+|sweep-|metered/.test(value))).toEqual([]);
  });

  it('given a runtime that is not there, when they are read, then that is told by its code', async () => {
    const { text } = await temporalTelemetry();
    const error = await text().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PrunefrontError);
    expect(error).toMatchObject({
      code: 'PRUNEFRONT_UNREACHABLE',
      facts: { place: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
    });
  });
});
