import { COMPRESSIONS, type CompressedModel, compress, recompressed, uncompressed } from '../../compression/index.js';
import { PrunefrontError } from '../../errors.js';
import { type Choice, nameOf, settingsOf } from '../../registry/index.js';
import { factsOf, type ModelState } from '../stage-state.js';
import { type CompressionSource, compressionMeasures } from './compression-measures.js';

/** A compressed model. */
export interface CompressedState {
  readonly state: ModelState;
  /** Why something that was measured for it didn't run compiled; null where all did. */
  readonly eagerBecause: string | null;
}

/**
 * What a compression makes of a model.
 * @throws PrunefrontError `PRUNEFRONT_COMPRESSION`, `PRUNEFRONT_UNKNOWN_PIECE`
 */
export async function compressState(
  state: ModelState,
  piece: Choice,
  source: CompressionSource,
): Promise<CompressedState> {
  const measures = compressionMeasures(state, source);
  try {
    const model = await compress(
      COMPRESSIONS.get(nameOf(piece)),
      compressedModelOf(state),
      settingsOf(piece),
      measures,
    );
    return { state: stateOf(state, model), eagerBecause: measures.eagerBecause() };
  } finally {
    measures.dispose();
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
