import { decodeContainer, encodeContainer } from '../../compression/container/container.js';
import { PrunefrontError } from '../../errors.js';
import { modelFiles } from '../../models/model-file.js';
import { toKerasConfig } from '../../models/topology.js';
import type { ArtifactStore } from '../../store/artifact-store.js';
import { canonicalJson } from '../../store/canonical-json.js';
import type { StageRecord } from '../../sweep/observation.js';
import type { ModelState } from '../stage-state.js';

/**
 * The container of a state's model, proven to load back bit for bit.
 * @throws PrunefrontError `PRUNEFRONT_INTERNAL` where it does not
 */
export function containerOf({ topology, weights, compression }: ModelState): Uint8Array {
  const activations = compression?.activations ?? new Map();
  const bytes = encodeContainer({ topology, weights, activations, encodings: compression?.encodings ?? new Map() });
  const read = decodeContainer(bytes);
  const differing = weights.find(({ name, values }, i) => {
    const other = read.weights[i];
    return other?.name !== name || !bytesOf(values).equals(bytesOf(other.values));
  });
  const same =
    differing === undefined &&
    read.weights.length === weights.length &&
    canonicalJson(toKerasConfig(read.topology)) === canonicalJson(toKerasConfig(topology)) &&
    canonicalJson([...read.activations]) === canonicalJson([...activations]);
  if (same) return bytes;
  throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'The container does not load back to the evaluated model', {
    place: differing?.name ?? 'topology',
  });
}

/** Stores a state's model as a LayersModel and as its container. */
export async function storeExports(
  { topology, weights }: ModelState,
  container: Uint8Array,
  store: ArtifactStore,
): Promise<StageRecord['model']> {
  const { modelJson, weightsBin } = modelFiles(topology, weights);
  return {
    topology: await store.putBlob(Buffer.from(modelJson)),
    weights: await store.putBlob(weightsBin),
    container: await store.putBlob(container),
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
