import type { PreparedData } from '../datasets/prepare.js';
import { PrunefrontError } from '../errors.js';
import { inputShape, outputShape } from '../models/described-topology.js';
import { initialWeights } from '../models/initial-weights.js';
import { readModelFile } from '../models/model-file.js';
import type { NamedTensor } from '../models/named-tensor.js';
import type { Topology } from '../models/topology.js';
import { zooModel } from '../models/zoo/index.js';
import type { ArtifactStore } from '../store/artifact-store.js';
import type { InitialModel, Stage } from '../sweep/stage.js';
import { decodeState, encodeState, type ModelState } from './stage-state.js';

/** The state that a stage starts from: the parent's, or for a baseline the model of the zoo or of a file. */
export async function initialState(stage: Stage, store: ArtifactStore, data: PreparedData): Promise<ModelState> {
  if (stage.operation.kind === 'baseline') {
    const state = await modelState(stage.operation.model, stage.seed, store);
    checkFit(state.topology, data);
    return state;
  }
  const parent = stage.parent === null ? null : await store.getRecord(stage.parent);
  if (parent === null) {
    throw new PrunefrontError('PRUNEFRONT_ARTIFACT_MISSING', 'The parent stage has no whole record', {
      place: String(stage.parent),
    });
  }
  return decodeState(await store.getBlob(parent.state));
}

/**
 * Puts a saved LayersModel into the store as the state that a baseline starts from; returns its blob key.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_*`
 */
export async function storeModel(file: string, store: ArtifactStore): Promise<string> {
  const { topology, weights } = await readModelFile(file);
  return store.putBlob(encodeState(unpruned(topology, weights)));
}

async function modelState(model: InitialModel, seed: number, store: ArtifactStore): Promise<ModelState> {
  if ('stored' in model) return decodeState(await store.getBlob(model.stored));
  const topology = zooModel(model.zoo);
  return unpruned(topology, initialWeights(topology, seed));
}

function unpruned(topology: Topology, weights: readonly NamedTensor[]): ModelState {
  return { topology, weights, masks: new Map(), keptUnits: {}, floorHit: [], surgeryDifference: null };
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
