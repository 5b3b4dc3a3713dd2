import type { PreparedData } from '../../datasets/prepare.js';
import { bytesDense, bytesGzip, bytesSparse } from '../../evaluation/bytes.js';
import { costsOf, nonzeroMacs } from '../../models/costs.js';
import type { NamedTensor } from '../../models/named-tensor.js';
import { prunableKernels } from '../../models/prunable.js';
import { deviceName, tensorFlowVersion } from '../../network/tensorflow.js';
import type { Tf } from '../../network/tf.js';
import type { EngineUsed, LayerSparsity, Observation } from '../../sweep/observation.js';
import type { BaselineReference } from '../pruning/pruning-context.js';
import { reachedSparsity } from '../pruning/reached-sparsity.js';
import type { ModelState, TrainingLog } from '../stage-state.js';
import type { TrainingSession } from '../training-session.js';
import { finiteScore } from './finite-score.js';
import { secondsBefore, type TrainedStage } from './stage-context.js';

const LATENCY_RUNS = 100;
const BATCH_LATENCY_RUNS = 10;

/**
 * Measures everything that an observation holds, on the session's model as it is.
 * @throws PrunefrontError as `finiteScore` does
 */
export function observe(
  tf: Tf,
  session: TrainingSession,
  about: {
    readonly stage: TrainedStage;
    readonly data: PreparedData;
    readonly log: TrainingLog;
    readonly baseline: BaselineReference | null;
    /** The parent's observation; a tune stage keeps what pruning reached there. Null for the baseline. */
    readonly parent: Observation | null;
    /** Of the model's container. */
    readonly bytesEncoded: number;
  },
): Observation {
  const { stage, data, log, baseline, parent, bytesEncoded } = about;
  const { operation } = stage;
  const started = performance.now();
  const state = session.state();
  const layers = layerSparsity(state, baseline);
  const costs = costsOf(state.topology);
  const measured = {
    validation: finiteScore(session.score(data.validation), 'validation'),
    latency: session.latency(1, LATENCY_RUNS),
    batchLatency: session.latency(operation.training.batchSize, BATCH_LATENCY_RUNS),
  };
  return {
    ...measured,
    afterPruning: log.afterPruning ?? parent?.afterPruning ?? null,
    test: null,
    requestedSparsity: operation.kind === 'prune' ? operation.sparsity : (parent?.requestedSparsity ?? 0),
    reachedSparsity:
      operation.kind === 'prune'
        ? reachedSparsity(operation.method, state, baseline?.topology ?? state.topology)
        : (parent?.reachedSparsity ?? 0),
    parameters: costs.parameters,
    nonzeroParameters: state.weights.reduce((sum, { values }) => sum + countNonzero(values), 0),
    macs: costs.macs,
    nonzeroMacs: nonzeroMacs(
      state.topology,
      new Map(state.weights.map(({ name, values }) => [name, countNonzero(values)])),
    ),
    bytesDense: bytesDense(state.weights),
    bytesGzip: bytesGzip(state.weights),
    bytesSparse: bytesSparse(state.weights),
    bytesEncoded,
    ...(state.compression === undefined ? {} : { compression: state.compression.notes }),
    surgeryDifference: state.surgeryDifference,
    layers,
    ...(state.removedLayers.length === 0 ? {} : { removedLayers: state.removedLayers }),
    ...(Object.keys(state.mergedUnits).length === 0 ? {} : { mergedUnits: state.mergedUnits }),
    curve: log.curve,
    ...(log.earlyStop === undefined ? {} : { earlyStop: log.earlyStop }),
    deviceSeconds: secondsBefore(stage, parent) + log.deviceSeconds + (performance.now() - started) / 1000,
    device: deviceName(tf),
    engine: engineUsed(session.eagerBecause, session.settings.precision),
    versions: { node: process.versions.node, tensorflow: tensorFlowVersion(tf), tfjs: tf.version_core },
  };
}

/** What an engine that says why it is eager, or null, is to an observation. */
export function engineUsed(eagerBecause: string | null, precision: 'float32' | 'bfloat16' = 'float32'): EngineUsed {
  return eagerBecause === null ? { kind: 'compiled', precision } : { kind: 'eager', because: eagerBecause };
}

/** Sparsity per layer: zeros of its kernel; units against the dense model's, or, of a layer that it has not, those that pruning counts from. */
function layerSparsity(state: ModelState, baseline: BaselineReference | null): LayerSparsity[] {
  const byName = new Map<string, NamedTensor>(state.weights.map((weight) => [weight.name, weight]));
  const dense = baseline?.observation.layers ?? [];
  const before = new Map(
    [...prunableKernels(baseline?.topology ?? state.topology), ...dense].map(({ layer, units }) => [layer, units]),
  );
  return prunableKernels(state.topology).map(({ layer, weight, units }) => {
    const values = byName.get(weight)?.values ?? new Float32Array();
    return {
      layer,
      parameters: values.length,
      nonzero: countNonzero(values),
      units,
      baselineUnits: before.get(layer) ?? units,
      floorHit: state.floorHit.includes(layer),
    };
  });
}

function countNonzero(values: Float32Array | Uint8Array): number {
  let count = 0;
  for (const value of values) if (value !== 0) count++;
  return count;
}
