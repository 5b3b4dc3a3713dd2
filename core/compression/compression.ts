import { PrunefrontError } from '../errors.js';
import { valuesByName } from '../models/named-tensor.js';
import type { Topology } from '../models/topology.js';
import type { Piece, Settings } from '../registry/index.js';
import type { CompressedModel } from './model.js';
import type { Calibration } from './quantization/observers.js';
import type { Range } from './quantization/quantize.js';

/** What a compression may measure of the model, on examples of the training split; each is taken when it is asked for. */
export interface CompressionContext {
  /**
   * The range of each layer's outputs. Ticks between batches.
   * @throws PrunefrontError `PRUNEFRONT_COMPRESSION` where there is no data to calibrate on
   */
  activationRanges(layers: readonly string[], calibration: Calibration): Promise<ReadonlyMap<string, Range>>;
  /** Mean loss of the model with other values for some weights, which it has its own again after. Ticks. */
  lossWith(values: ReadonlyMap<string, Float32Array>): Promise<number>;
  /** To be waited for after each layer, and now and then in what takes long: tells that it goes on, and ends it where the stage is taken back. */
  readonly tick: () => Promise<void>;
  /** Of the stage; decides what is drawn. */
  readonly seed: number;
}

/**
 * Makes a model smaller beside pruning. What it gives can be evaluated as it is; `fine-tuning.ts` trains it on in its compressed form.
 */
export interface Compression extends Piece {
  /** What becomes of kernels: the layers in their place are pruned and compressed like any other; what has an encoding can't be pruned any more. */
  readonly makes: 'layers' | 'encodings';
  /**
   * Refuses settings that no layers can have, before anything is trained.
   * @throws PrunefrontError `PRUNEFRONT_COMPRESSION`
   */
  readonly checkSettings?: (settings: Settings) => void;
  /**
   * Refuses what can't be done on any weights of this shape, before anything is trained.
   * @throws PrunefrontError `PRUNEFRONT_COMPRESSION`
   */
  readonly check?: (topology: Topology, settings: Settings) => void;
  /**
   * The compressed model; `compress` calls it.
   * @throws PrunefrontError `PRUNEFRONT_COMPRESSION`
   */
  readonly apply: (
    model: CompressedModel,
    settings: Settings,
    context: CompressionContext,
  ) => CompressedModel | Promise<CompressedModel>;
}

/**
 * The compressed model, in which every zero that was there before still is.
 * @throws PrunefrontError `PRUNEFRONT_COMPRESSION`; `PRUNEFRONT_INTERNAL` where a zero was filled in
 */
export async function compress(
  compression: Compression,
  model: CompressedModel,
  settings: Settings,
  context: CompressionContext,
): Promise<CompressedModel> {
  const compressed = await compression.apply(model, settings, context);
  requireZeros(compression.name, model, compressed);
  return compressed;
}

function requireZeros(compression: string, before: CompressedModel, after: CompressedModel): void {
  const values = valuesByName(after.weights);
  for (const weight of before.weights) {
    // A layer that became two has no kernel of this name any more, and had no zeros.
    const now = values.get(weight.name);
    const filled = now === undefined ? 0 : weight.values.filter((value, i) => value === 0 && now[i] !== 0).length;
    if (filled === 0) continue;
    throw new PrunefrontError('PRUNEFRONT_INTERNAL', `${compression} filled in zeros of ${weight.name}`, {
      place: weight.name,
      found: `${filled} weights that were zero and are not`,
    });
  }
}
