import { requireFit } from '../../datasets/fit.js';
import type { PreparedData } from '../../datasets/prepare.js';
import { initialWeights } from '../../models/initial-weights.js';
import { type LayersModel, readModelFile } from '../../models/model-file.js';
import type { NamedTensor } from '../../models/named-tensor.js';
import type { Topology } from '../../models/topology.js';
import { zooModel } from '../../models/zoo/index.js';
import type { ArtifactStore } from '../../store/artifact-store.js';
import type { InitialModel, Stage } from '../../sweep/stage.js';
import { earlierState } from '../earlier-state.js';
import { decodeState, encodeState, type ModelState, UNPRUNED } from '../stage-state.js';
import type { StageSources } from './stage-sources.js';

/**
 * The state that a stage starts from: the parent's, or earlier weights of the baseline where it asks for them; for a baseline the model of
 * the zoo or of a file.
 */
export async function initialState(stage: Stage, sources: StageSources, data: PreparedData): Promise<ModelState> {
  const { operation } = stage;
  if (operation.kind === 'prune' && operation.from !== undefined)
    return earlierState(await sources.record(stage.baseline), operation.from, sources.store);
  if (operation.kind !== 'baseline') return sources.state(stage.parent);
  const state = await modelState(operation.model, stage.seed, sources.store);
  requireFit(state.topology, data, operation.training.task);
  return state;
}

/**
 * Puts a saved LayersModel into the store as the state that a baseline starts from; returns its blob key.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_*`
 */
export async function storeModel(file: string, store: ArtifactStore): Promise<string> {
  return storeLayersModel(await readModelFile(file), store);
}

/** Puts a LayersModel into the store as the state that a baseline starts from; returns its blob key. */
export function storeLayersModel({ topology, weights }: LayersModel, store: ArtifactStore): Promise<string> {
  return store.putBlob(encodeState(unpruned(topology, weights)));
}

async function modelState(model: InitialModel, seed: number, store: ArtifactStore): Promise<ModelState> {
  if ('stored' in model) return decodeState(await store.getBlob(model.stored));
  const topology = zooModel(model.zoo);
  return unpruned(topology, initialWeights(topology, seed));
}

function unpruned(topology: Topology, weights: readonly NamedTensor[]): ModelState {
  return { topology, weights, masks: new Map(), ...UNPRUNED };
}
