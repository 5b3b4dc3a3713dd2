import type { Network } from '../network/network.js';
import type { Tf } from '../network/tensorflow.js';
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
  const times: number[] = [];
  for (let run = -WARM_UP_RUNS; run < runs; run++) {
    const start = performance.now();
    tf.tidy(() => network.forward(x, false).dataSync());
    if (run >= 0) times.push(performance.now() - start);
  }
  x.dispose();
  times.sort((a, b) => a - b);
  return { batchSize, p50: quantile(times, 0.5), p95: quantile(times, 0.95), runs };
}

/** Nearest-rank quantile of sorted numbers. */
function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
