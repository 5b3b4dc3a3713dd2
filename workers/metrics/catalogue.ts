import { counter, gauge, type MetricDefinition, type Process } from './catalogue/definition.js';
import { GATEWAY_METRICS } from './catalogue/gateway.js';
import { WORKER_METRICS } from './catalogue/worker.js';

const ALL: readonly Process[] = ['gateway', 'orchestrator', 'worker'];

/**
 * Every metric of Prunefront by name; the page docs/metrics.md is generated from it, and dashboards and rules may name no other one.
 * `sweep` is the name in a sweep's spec, `schedule` that of a schedule; no label holds a candidate, a stage or a run.
 */
export const METRICS = {
  prunefront_build_info: gauge(
    ALL,
    ['process', 'version'],
    'Always 1; its labels say which process of which version this is.',
  ),
  prunefront_ready: gauge(
    ALL,
    ['process'],
    '1 while the process takes work, 0 while it starts, cannot reach what it needs, or drains.',
  ),
  prunefront_collection_failures_total: counter(
    ALL,
    ['source', 'cause'],
    'Times that a source of metrics could not be read for a scrape, by error code; its metrics are absent then.',
  ),
  ...WORKER_METRICS,
  ...GATEWAY_METRICS,
} as const satisfies Record<string, MetricDefinition>;

/** Name of a metric. */
export type MetricName = keyof typeof METRICS;

export type { MetricDefinition, Process } from './catalogue/definition.js';
