import type { MethodId } from '../../../bench/evidence/methods.js';
import type { Impossibility } from '../../../bench/evidence/outcomes.js';
import type { Point, Results } from '../../../bench/evidence/results.js';
import type { LayerSparsity, Observation } from '../../../core/sweep/observation.js';

/** What an observation of the study shows. */
export function observed(accuracy: number, layers: readonly LayerSparsity[] = []): Observation {
  const score = { accuracy, top5: 1, macroF1: accuracy, loss: 0.1, examples: 2000 };
  const latency = { batchSize: 1, p50: 1, p95: 1, runs: 1 };
  return {
    ...{ validation: score, test: score, afterPruning: null, requestedSparsity: 0, reachedSparsity: 0 },
    ...{ parameters: 1230, nonzeroParameters: 100, macs: 1, nonzeroMacs: 1 },
    ...{ bytesDense: 4000, bytesGzip: 3000, bytesSparse: 1000, latency, batchLatency: latency },
    ...{ surgeryDifference: null, layers, curve: [], deviceSeconds: 1, device: 'TensorFlow CPU', versions: {} },
  };
}

/** Results on paper: accuracies of each seed, or why there are none, by `id method sparsity`. */
export function paperResults(
  accuracies: Readonly<Record<string, readonly number[]>>,
  layers: readonly LayerSparsity[] = [],
  impossible: Readonly<Record<string, readonly Impossibility[]>> = {},
): Results {
  return {
    seeds: [1, 2, 3],
    point({ id }, method: MethodId | 'dense', sparsity): Point | null {
      const own = accuracies[`${id} ${method} ${sparsity}`];
      return own === undefined
        ? null
        : { accuracies: own, observations: own.map((accuracy) => observed(accuracy, layers)) };
    },
    impossibilities: ({ id }, method, sparsity) => impossible[`${id} ${method} ${sparsity}`] ?? [],
  };
}
