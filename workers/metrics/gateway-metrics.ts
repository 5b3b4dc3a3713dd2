import type { SweepHub } from '../gateway/sweeps/sweep-hub.js';
import { createMetrics, type Metrics } from './registry.js';
import { SWEEP_GAUGES, sweepSamples } from './sweep-gauges.js';

/** The metrics of a gateway; calls are counted where they are answered. */
export function gatewayMetrics({ hub }: { readonly hub: SweepHub }): Metrics {
  const metrics = createMetrics('gateway');
  metrics.onCollect('sweeps', SWEEP_GAUGES, () => sweepSamples(hub.newest()));
  return metrics;
}
