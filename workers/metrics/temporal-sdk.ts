import type { MetricsExporterConfig } from '@temporalio/worker';
import { PrunefrontError } from '../../core/errors.js';
import { freePort } from '../local/temporal-server.js';
import { STAGE_SECONDS } from './catalogue/worker.js';

/** What a Temporal runtime needs so that its metrics can be read. */
export interface TemporalTelemetry {
  /** `telemetryOptions.metrics` of the runtime. */
  readonly metrics: MetricsExporterConfig;
  /**
   * The SDK's metrics in Prometheus' text format, once the runtime is installed.
   * @throws PrunefrontError `PRUNEFRONT_UNREACHABLE` where the SDK does not serve them
   */
  text(): Promise<string>;
}

/** Activities include stages, and workflows sweeps, that take hours. */
const LONG = [
  'activity_execution_latency',
  'activity_succeed_endtoend_latency',
  'activity_schedule_to_start_latency',
  'workflow_endtoend_latency',
];

/**
 * The metrics of Temporal's SDK in seconds. The SDK serves them itself, on a free port of the loopback interface; a process has them follow its
 * own, so that it has one page: `metrics.append('temporal sdk', telemetry.text)`.
 */
export async function temporalTelemetry(): Promise<TemporalTelemetry> {
  const bindAddress = `127.0.0.1:${await freePort()}`;
  return {
    metrics: {
      attachServiceName: false,
      prometheus: {
        bindAddress,
        countersTotalSuffix: true,
        unitSuffix: true,
        useSecondsForDurations: true,
        histogramBucketOverrides: Object.fromEntries(LONG.map((name) => [name, [...STAGE_SECONDS]])),
      },
    },
    async text() {
      try {
        const answer = await fetch(`http://${bindAddress}/metrics`);
        return await answer.text();
      } catch (cause) {
        throw new PrunefrontError(
          'PRUNEFRONT_UNREACHABLE',
          "Temporal's SDK does not serve its metrics",
          { place: bindAddress },
          { cause },
        );
      }
    },
  };
}
