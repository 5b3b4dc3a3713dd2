import type { Network } from '../network/network.js';
import type { Tf } from '../network/tf.js';
import type { Latency } from '../sweep/observation.js';

const WARM_UP_RUNS = 25;

/**
 * Milliseconds of a forward pass with its result read back, on this process's device, after warm-up.
 * @param exampleShape - shape of one input without the batch axis
 */
export function measureLatency(
  tf: Tf,
  network: Network,
  exampleShape: readonly number[],
  batchSize: number,
  runs: number,
): Latency {
  const x = tf.ones([batchSize, ...exampleShape]);
  const latency = summarizeLatency(batchSize, runs, () => {
    tf.tidy(() => network.forward(x, null).dataSync());
  });
  x.dispose();
  return latency;
}

/** Times `run`, which is a forward pass, after warm-up. */
export function summarizeLatency(batchSize: number, runs: number, run: () => void): Latency {
  const times: number[] = [];
  for (let i = -WARM_UP_RUNS; i < runs; i++) {
    const start = performance.now();
    run();
    if (i >= 0) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { batchSize, p50: quantile(times, 0.5), p95: quantile(times, 0.95), runs };
}

/** Nearest-rank quantile of sorted numbers. */
function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
