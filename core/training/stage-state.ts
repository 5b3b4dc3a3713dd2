import type { NamedTensor } from '../models/named-tensor.js';
import { parseTopology, type Topology, toKerasConfig } from '../models/topology.js';
import { decodeSafetensors, encodeSafetensors, type TensorData } from '../store/safetensors.js';
import type { CurvePoint, EarlyStopped, MergedUnits, Score } from '../sweep/observation.js';
import { type CompressionFacts, encodingTensors, factsMetadata, readFacts } from './compression/compression-facts.js';

/** What pruning has done to a model so far, beside its masks. */
export interface PruningFacts {
  /** For each layer whose units were removed, the baseline's indices of those it kept. */
  readonly keptUnits: Readonly<Record<string, readonly number[]>>;
  /** Layers whose floor stopped pruning. */
  readonly floorHit: readonly string[];
  /** Largest output difference of all removals so far; null where nothing was removed. */
  readonly surgeryDifference: number | null;
  /** Units that were removed and whose part another one took over. */
  readonly mergedUnits: MergedUnits;
  /** Layers and blocks that were removed whole. */
  readonly removedLayers: readonly string[];
}

/** Of a model that nothing was done to. */
export const UNPRUNED: PruningFacts = {
  keptUnits: {},
  floorHit: [],
  surgeryDifference: null,
  mergedUnits: {},
  removedLayers: [],
};

/** A model in the middle of its way: what a child stage starts from. */
export interface ModelState extends PruningFacts {
  readonly topology: Topology;
  /** In the order of the model. */
  readonly weights: readonly NamedTensor[];
  /** 0/1 for each weight of the kernels that are pruned weight by weight. */
  readonly masks: ReadonlyMap<string, Uint8Array>;
  /** Absent where nothing was compressed. */
  readonly compression?: CompressionFacts;
}

/** The facts of a state alone. */
export function factsOf(state: PruningFacts): PruningFacts {
  const { keptUnits, floorHit, surgeryDifference, mergedUnits, removedLayers } = state;
  return { keptUnits, floorHit, surgeryDifference, mergedUnits, removedLayers };
}

/** What a stage has measured while it trained. */
export interface TrainingLog {
  readonly curve: readonly CurvePoint[];
  readonly afterPruning: Score | null;
  readonly deviceSeconds: number;
  /** Blob keys of the states kept for rewinding, by epoch. */
  readonly rewindStates: Readonly<Record<string, string>>;
  /** Sum of the losses of the present epoch's steps so far. */
  readonly lossSum: number;
  /** Sparsity that pruning asked for last. */
  readonly sparsity: number;
  /** Steps at which the training went on from a checkpoint. */
  readonly resumedAt: readonly number[];
  /** How it ended, where it could end early. */
  readonly earlyStop?: EarlyStopped;
}

/** The best epoch of a training so far, where it may end early, with what the model was at its end. */
export interface BestEpoch {
  /** Epochs that were done then, from 1. */
  readonly epoch: number;
  /** Loss on validation. */
  readonly loss: number;
  /** Epochs since then, none of them better. */
  readonly since: number;
  readonly state: Pick<ModelState, 'weights' | 'masks'>;
}

/** A stage in the middle of training: everything that the rest of it depends on. */
export interface Checkpoint {
  readonly state: ModelState;
  /** Optimizer slots by weight name, in the order of `Optimizer.slotNames`. */
  readonly slots: ReadonlyMap<string, readonly Float32Array[]>;
  /** Optimizer steps taken. With the seed it fixes the order of examples and every random mask. */
  readonly step: number;
  readonly log: TrainingLog;
  /** Null where the training doesn't end early, or no epoch has been judged. */
  readonly best: BestEpoch | null;
}

/** A state as bytes for the store. */
export function encodeState(state: ModelState): Uint8Array {
  return encodeSafetensors(stateTensors(state), { state: stateMetadata(state) });
}

/**
 * The state from its bytes.
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_CORRUPT`
 */
export function decodeState(bytes: Uint8Array): ModelState {
  const { tensors, metadata } = decodeSafetensors(bytes);
  return readState(tensors, metadata['state'] ?? '{}');
}

/** A checkpoint as bytes for the store. */
export function encodeCheckpoint({ state, slots, step, log, best }: Checkpoint): Uint8Array {
  const tensors = stateTensors(state);
  const shapes = new Map(state.weights.map(({ name, shape }) => [name, shape]));
  for (const [name, own] of slots) {
    own.forEach((data, i) => {
      tensors.set(`slots/${i}/${name}`, { dtype: 'float32', shape: [...(shapes.get(name) ?? [data.length])], data });
    });
  }
  if (best !== null)
    for (const [key, tensor] of stateTensors({ weights: best.state.weights, masks: best.state.masks }))
      tensors.set(`${BEST}${key}`, tensor);
  const judged = best === null ? null : { epoch: best.epoch, loss: best.loss, since: best.since };
  const training = JSON.stringify({ step, log, best: judged });
  return encodeSafetensors(tensors, { state: stateMetadata(state), training });
}

/**
 * The checkpoint from its bytes.
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_CORRUPT`
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const slots = new Map<string, Float32Array[]>();
  for (const [key, { data }] of tensors) {
    const [, index, name] = /^slots\/(\d+)\/(.+)$/.exec(key) ?? [];
    if (index === undefined || name === undefined) continue;
    const own = slots.get(name) ?? [];
    own[Number(index)] = data as Float32Array;
    slots.set(name, own);
  }
  const state = readState(tensors, metadata['state'] ?? '{}');
  const { step, log, best } = JSON.parse(metadata['training'] ?? '{}') as TrainingMetadata;
  if (best === undefined || best === null) return { state, slots, step, log, best: null };
  const { weights, masks } = tensorsOf(
    state.weights.map(({ name }) => name),
    tensors,
    BEST,
  );
  return { state, slots, step, log, best: { ...best, state: { weights, masks } } };
}

/** Prefix of the tensors of the best epoch. */
const BEST = 'best/';

/** What of a checkpoint is no tensor; those of before trainings could end early have no best epoch. */
interface TrainingMetadata extends Pick<Checkpoint, 'step' | 'log'> {
  readonly best?: Omit<BestEpoch, 'state'> | null;
}

function stateTensors(state: Pick<ModelState, 'weights' | 'masks' | 'compression'>): Map<string, TensorData> {
  const tensors = state.compression === undefined ? new Map<string, TensorData>() : encodingTensors(state.compression);
  for (const { name, shape, values } of state.weights)
    tensors.set(`weights/${name}`, { dtype: 'float32', shape: [...shape], data: values });
  for (const [name, data] of state.masks) tensors.set(`masks/${name}`, { dtype: 'uint8', shape: [data.length], data });
  return tensors;
}

function stateMetadata(state: ModelState): string {
  const order = state.weights.map(({ name }) => name);
  const compression = state.compression === undefined ? {} : { compression: factsMetadata(state.compression) };
  return JSON.stringify({ topology: toKerasConfig(state.topology), order, ...factsOf(state), ...compression });
}

function readState(tensors: ReadonlyMap<string, TensorData>, metadata: string): ModelState {
  const { topology, order, compression, ...facts } = JSON.parse(metadata) as Partial<PruningFacts> & {
    topology: unknown;
    order: string[];
    compression?: ReturnType<typeof factsMetadata>;
  };
  return {
    topology: parseTopology(topology),
    ...tensorsOf(order, tensors),
    ...UNPRUNED,
    ...facts,
    ...(compression === undefined ? {} : { compression: readFacts(compression, tensors) }),
  };
}

/** Weights of these names and all masks, of what is stored under a prefix. */
function tensorsOf(
  names: readonly string[],
  tensors: ReadonlyMap<string, TensorData>,
  prefix = '',
): Pick<ModelState, 'weights' | 'masks'> {
  const weights = names.map((name) => {
    const tensor = tensors.get(`${prefix}weights/${name}`);
    return { name, shape: tensor?.shape ?? [], values: (tensor?.data ?? new Float32Array()) as Float32Array };
  });
  const start = `${prefix}masks/`;
  const masks = new Map<string, Uint8Array>();
  for (const [key, { data }] of tensors)
    if (key.startsWith(start)) masks.set(key.slice(start.length), data as Uint8Array);
  return { weights, masks };
}
