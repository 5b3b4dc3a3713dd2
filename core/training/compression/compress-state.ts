import {
  COMPRESSIONS,
  type CompressedModel,
  type CompressionContext,
  compress,
  createObserver,
  recompressed,
  requireRange,
  uncompressed,
} from '../../compression/index.js';
import type { PreparedData } from '../../datasets/prepare.js';
import { PrunefrontError } from '../../errors.js';
import { createJudge } from '../../evaluation/judges/index.js';
import { scoreModel } from '../../evaluation/score-model.js';
import { batchesOf, epochOrder, gatherBatch } from '../../network/batches.js';
import { Network } from '../../network/network.js';
import type { Tf } from '../../network/tf.js';
import { type Choice, nameOf, settingsOf } from '../../registry/index.js';
import type { Training } from '../../sweep/stage.js';
import { factsOf, type ModelState } from '../stage-state.js';

/** Training examples that compressions look at. */
const EXAMPLES = 512;

/** What a compression measures with. */
export interface CompressionSource {
  readonly tf: Tf;
  readonly data: PreparedData;
  readonly training: Training;
  /** Of the stage: which examples are looked at, and what is drawn. */
  readonly seed: number;
}

/**
 * What a compression makes of a model.
 * @throws PrunefrontError `PRUNEFRONT_COMPRESSION`, `PRUNEFRONT_UNKNOWN_PIECE`
 */
export async function compressState(state: ModelState, piece: Choice, source: CompressionSource): Promise<ModelState> {
  const model = compressedModelOf(state);
  const { topology, weights, activations } = model;
  const network = await Network.build(source.tf, topology, weights, activations);
  try {
    const compression = COMPRESSIONS.get(nameOf(piece));
    return stateOf(state, compress(compression, model, settingsOf(piece), contextOf(network, source)));
  } finally {
    network.dispose();
  }
}

/** A model in its compressed form after training has moved its weights; what was never compressed stays as it is. */
export function recompressedState(state: ModelState): ModelState {
  return state.compression === undefined
    ? state
    : stateOf(state, recompressed(compressedModelOf(state), state.weights));
}

/**
 * Refuses to prune what has encodings.
 * @throws PrunefrontError `PRUNEFRONT_COMPRESSION`
 */
export function requireUnencoded({ compression }: ModelState): void {
  const [first] = compression?.encodings.keys() ?? [];
  if (first === undefined) return;
  throw new PrunefrontError('PRUNEFRONT_COMPRESSION', 'Pruning would change values that are encoded already', {
    place: first,
    found: 'a quantized or clustered kernel',
    allowed: 'pruning before quantization and clustering',
  });
}

function compressedModelOf({ topology, weights, masks, compression }: ModelState): CompressedModel {
  return { ...uncompressed(topology, weights, masks), ...compression };
}

function stateOf(state: ModelState, model: CompressedModel): ModelState {
  const { topology, weights, masks, encodings, activations, notes } = model;
  const layers = topology === state.topology ? (state.compression?.layers ?? null) : topology;
  return { topology, weights, masks, ...factsOf(state), compression: { encodings, activations, notes, layers } };
}

function contextOf(network: Network, { tf, data, training, seed }: CompressionSource): CompressionContext {
  const examples = epochOrder(data.train, seed, 0).subarray(0, EXAMPLES);
  const judge = createJudge(training.task, data);
  return {
    seed,
    activationRanges(layers, calibration) {
      const observers = layers.map((layer) => ({ layer, observer: createObserver(calibration) }));
      for (const batch of batchesOf(examples, training.batchSize))
        tf.tidy(() => {
          const outputs = network.layerOutputs(gatherBatch(tf, data, batch).x, null);
          for (const { layer, observer } of observers)
            observer.observe((outputs.get(layer)?.dataSync() ?? new Float32Array()) as Float32Array);
        });
      return new Map(observers.map(({ layer, observer }) => [layer, requireRange(observer, layer)]));
    },
    lossWith(values) {
      const own = [...values.keys()].map((name) => [name, valuesOf(network, name)] as const);
      for (const [name, value] of values) network.write(name, value);
      const { loss } = scoreModel(tf, network, data, examples, judge);
      for (const [name, value] of own) network.write(name, value);
      return loss;
    },
  };
}

function valuesOf({ variables }: Network, name: string): Float32Array {
  return Float32Array.from(variables.get(name)?.dataSync() ?? []);
}
