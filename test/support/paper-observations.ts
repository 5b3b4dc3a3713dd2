import { nameOf } from '../../core/registry/index.js';
import type { Observation } from '../../core/sweep/observation.js';
import type { Stage, Training } from '../../core/sweep/stage.js';
import { type Quality, taskName } from '../../core/sweep/task.js';

const PARAMETERS = 1000;

/**
 * What a stage measures on paper: the sparser the smaller and the worse, so that every candidate is on the front.
 * @param parent - what its parent measured
 */
export function paperObservation({ operation }: Stage, parent: Observation | null): Observation {
  if (parent !== null && operation.kind === 'score') return { ...parent, test: parent.validation };
  if (parent !== null && operation.kind === 'compress') return compressed(parent, nameOf(operation.piece));
  const sparsity = operation.kind === 'prune' ? operation.sparsity : 0;
  const training = 'training' in operation ? operation.training : undefined;
  const score = { ...qualityOf(training, sparsity), ...ownOf(training, sparsity), loss: sparsity, examples: 1 };
  // Sparsity counts from the layers that a factorization made.
  const size = Math.round((parent?.compression === undefined ? PARAMETERS : parent.parameters) * (1 - 0.9 * sparsity));
  const latency = { batchSize: 1, p50: 1, p95: 1, runs: 1 };
  return {
    ...{ validation: score, afterPruning: null, test: null },
    ...{ requestedSparsity: sparsity, reachedSparsity: sparsity, parameters: size, nonzeroParameters: size },
    ...{ macs: size, nonzeroMacs: size, bytesDense: size, bytesGzip: size, bytesSparse: size, bytesEncoded: size },
    ...{ latency, batchLatency: latency, surgeryDifference: null, layers: [], curve: [] },
    ...{ deviceSeconds: 0, device: 'paper', versions: {} },
    ...(parent?.compression === undefined ? {} : { compression: parent.compression }),
  };
}

/** In the metrics of the task that a training is for. */
function qualityOf(training: Training | undefined, sparsity: number): Quality {
  const task = taskName(training?.task);
  if (task === 'regression') return { r2: 1 - sparsity / 2, mae: 0.1 + sparsity };
  if (task === 'reconstruction') return { psnr: 20 - 10 * sparsity, mse: 0.01 + sparsity / 10 };
  return { accuracy: 1 - sparsity / 2 };
}

/** Metrics of plugins, where it names some, are the sparsity. */
function ownOf({ metrics = [] }: Partial<Training> = {}, sparsity: number): { own?: Readonly<Record<string, number>> } {
  return metrics.length === 0 ? {} : { own: Object.fromEntries(metrics.map((name) => [name, sparsity])) };
}

/** Factors halve everything; other compressions only what is encoded, to a quarter. */
function compressed(parent: Observation, piece: string): Observation {
  const compression = [...(parent.compression ?? []), `${piece} on paper`];
  if (piece !== 'factorize') return { ...parent, compression, bytesEncoded: (parent.bytesEncoded ?? 0) / 4 };
  const size = parent.parameters / 2;
  return {
    ...{ ...parent, compression, parameters: size, nonzeroParameters: size, macs: size, nonzeroMacs: size },
    ...{ bytesDense: size, bytesGzip: size, bytesSparse: size, bytesEncoded: size },
  };
}
