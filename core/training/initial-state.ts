import type { PreparedData } from '../datasets/prepare.js';
import { PrunefrontError } from '../errors.js';
import { inputShape, outputShape } from '../models/described-topology.js';
import { initialWeights } from '../models/initial-weights.js';
import { readModelFile } from '../models/model-file.js';
import type { NamedTensor } from '../models/named-tensor.js';
import type { Topology } from '../models/topology.js';
import { zooModel } from '../models/zoo/index.js';
import type { ArtifactStore } from '../store/artifact-store.js';
import type { ModelSource } from '../sweep/spec.js';
import type { Stage } from '../sweep/stage.js';
import { decodeState, type ModelState } from './stage-state.js';

/** The state that a stage starts from: the parent's, or for a baseline the zoo's or file's model. */
export async function initialState(stage: Stage, store: ArtifactStore, data: PreparedData): Promise<ModelState> {
  if (stage.operation.kind === 'baseline') {
    const { topology, weights } = await sourceModel(stage.operation.model, stage.seed);
    checkFit(topology, data);
    return { topology, weights, masks: new Map(), keptUnits: {}, floorHit: [], surgeryDifference: null };
  }
  const parent = stage.parent === null ? null : await store.getRecord(stage.parent);
  if (parent === null) {
    throw new PrunefrontError('PRUNEFRONT_ARTIFACT_MISSING', 'The parent stage has no whole record', {
      place: String(stage.parent),
    });
  }
  return decodeState(await store.getBlob(parent.state));
}

async function sourceModel(
  source: ModelSource,
  seed: number,
): Promise<{ topology: Topology; weights: readonly NamedTensor[] }> {
  if ('file' in source) return readModelFile(source.file);
  const topology = zooModel(source.zoo);
  return { topology, weights: initialWeights(topology, seed) };
}

/** Refuses a model whose input or output does not fit the data. */
function checkFit(topology: Topology, data: PreparedData): void {
  const input = inputShape(topology);
  const output = outputShape(topology);
  if (input.length !== data.exampleShape.length || input.some((n, i) => n !== data.exampleShape[i])) {
    throw new PrunefrontError('PRUNEFRONT_DATA_SHAPE', 'The model’s input does not fit the examples', {
      found: `examples of shape [${data.exampleShape.join(', ')}]`,
      allowed: `[${input.join(', ')}]`,
    });
  }
  if (output.length !== 1 || output[0] !== data.classes) {
    throw new PrunefrontError('PRUNEFRONT_DATA_SHAPE', 'The model’s output does not fit the classes', {
      found: `an output of shape [${output.join(', ')}]`,
      allowed: `[${data.classes}], one logit a class`,
    });
  }
}
