import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PreparedData } from '../datasets/prepare.js';
import { PrunefrontError } from '../errors.js';
import type { Tf } from '../network/tf.js';
import { requirePlugins } from '../plugins/plugin-hashes.js';
import { criterionOf, masksKernels } from '../pruning/method.js';
import { describeChoice } from '../registry/index.js';
import type { ArtifactStore } from '../store/artifact-store.js';
import { trainedBy } from '../sweep/folds.js';
import type { LayerSensitivity, Observation, StageRecord } from '../sweep/observation.js';
import type { Stage, StageOperation, StageProgress, Training } from '../sweep/stage.js';
import { objectiveOf } from '../sweep/training-extras.js';
import { type CompressedState, compressState, requireUnencoded } from './compression/compress-state.js';
import { compressedRun } from './compression/compressed-network.js';
import type { DataCache } from './engines/data-cache.js';
import { type EngineSettings, openEngine } from './engines/open-engine.js';
import type { ProgramCache } from './engines/program-cache.js';
import { containerOf, storeExports } from './export-model.js';
import { initialState } from './initial-state.js';
import { joinFolds } from './join-folds.js';
import { engineUsed, observe } from './observe.js';
import { within } from './profile/profile.js';
import type { BaselineReference } from './pruning/pruning-context.js';
import { pruningPlan } from './pruning/pruning-plan.js';
import { scanSensitivity } from './pruning/sensitivity-scan.js';
import { recoverySettings } from './recovery-settings.js';
import { StageSources } from './stage-sources.js';
import {
  type BestEpoch,
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  encodeState,
  type ModelState,
  type TrainingLog,
} from './stage-state.js';
import { type LoopHooks, trainLoop } from './train-loop.js';
import { TrainingSession } from './training-session.js';

/** What a stage needs of the process that runs it. */
export interface StageContext {
  readonly tf: Tf;
  readonly store: ArtifactStore;
  /** Milliseconds of training between two looks at progress, checkpoints and cancellation. */
  readonly callMs: number;
  /** Whether a calibration has measured that this node trains faster with bfloat16. */
  readonly prefersBfloat16: boolean;
  /** Compiled programs that this process keeps; null trains eagerly. */
  readonly programs: ProgramCache | null;
  /** Prepared data sets that this process keeps. */
  readonly dataSets: DataCache;
  /** Blob key of a checkpoint to go on from; null starts anew. */
  readonly checkpoint: string | null;
  /** Milliseconds of training between two checkpoints. */
  readonly checkpointEveryMs: number;
  /** Node and slot, for the record. */
  readonly ranOn: string;
  readonly signal: AbortSignal;
  /** Asks for a checkpoint after the step that runs, and an end there. */
  readonly handOver: AbortSignal;
  onProgress(progress: StageProgress): void;
}

/** The end of a stage that was asked to stop where it was, so that it goes on elsewhere. */
export class StageHandedOver extends Error {
  override readonly name = 'StageHandedOver';

  /** @param checkpoint - blob key of where it goes on */
  constructor(readonly checkpoint: string) {
    super('the stage goes on elsewhere');
  }
}

const EMPTY_LOG: TrainingLog = {
  curve: [],
  afterPruning: null,
  deviceSeconds: 0,
  rewindStates: {},
  lossSum: 0,
  sparsity: 0,
  resumedAt: [],
};

/**
 * Runs a stage to its record, or returns the record that the store has already. Safe to run twice, also at once: equal stages give
 * equal results, and every write is atomic.
 * @throws PrunefrontError with the typed cause of a stage that cannot work; `StageHandedOver`; the abort reason where the signal fires
 */
export async function runStage(stage: Stage, context: StageContext): Promise<StageRecord> {
  const { store } = context;
  const known = await store.getRecord(stage.key);
  if (known !== null) return known;
  requirePlugins(stage);
  const startedAt = new Date().toISOString();
  const finished = await finish(stage, context);
  const record: StageRecord = {
    stage,
    ...finished,
    startedAt,
    finishedAt: new Date().toISOString(),
    ranOn: context.ranOn,
  };
  await store.putRecord(record);
  await store.dropCheckpoints(stage.key);
  return record;
}

/** What a stage comes to. */
type Finished = Pick<StageRecord, 'observation' | 'state' | 'model' | 'rewindStates' | 'resumedAt'>;

async function finish(stage: Stage, context: StageContext): Promise<Finished> {
  const { store, dataSets } = context;
  const { operation } = stage;
  if (operation.kind === 'folds') return joinFolds(operation.of, store);
  return RUN[operation.kind](stage, await dataSets.load(store, stage.dataset), context);
}

const RUN: Readonly<
  Record<
    Exclude<StageOperation['kind'], 'folds'>,
    (stage: Stage, data: PreparedData, context: StageContext) => Promise<Finished>
  >
> = {
  baseline: trainStage,
  prune: trainStage,
  tune: trainStage,
  compress: trainStage,
  scan: scanStage,
  score: scoreStage,
};

async function scoreStage(stage: Stage, data: PreparedData, context: StageContext): Promise<Finished> {
  const sources = new StageSources(context.store);
  const parent = await sources.record(stage.parent);
  const state = await sources.state(stage.parent);
  const { operation } = trainedBy(parent.stage);
  requirePlugins(parent.stage);
  if (!('training' in operation)) throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'A score stage has no score stage');
  const engine = await openEngine(state.topology, state.weights, {
    ...engineSettings(stage, operation.training, data, context),
    ...compressedRun(state),
    masksKernels: state.masks.size > 0,
  });
  try {
    const observation: Observation = {
      ...parent.observation,
      test: engine.score(data.test),
      ...(engine.eagerBecause === null ? {} : { engine: engineUsed(engine.eagerBecause) }),
    };
    return { observation, state: parent.state, model: parent.model, rewindStates: {}, resumedAt: [] };
  } finally {
    engine.dispose();
  }
}

async function trainStage(stage: Stage, data: PreparedData, context: StageContext): Promise<Finished> {
  const { tf, store, onProgress } = context;
  const { operation } = stage;
  if (operation.kind === 'score' || operation.kind === 'scan' || operation.kind === 'folds')
    throw new PrunefrontError('PRUNEFRONT_INTERNAL', `A ${operation.kind} stage trains nothing`);
  const sources = new StageSources(store);
  const parent = stage.parent === null ? null : (await sources.record(stage.parent)).observation;
  const resumed = await readCheckpoint(store, context.checkpoint);
  const started = performance.now();
  const start = resumed ?? { ...(await startingState(stage, sources, data, context)), slots: new Map(), step: 0 };
  const compressSeconds = operation.kind === 'compress' ? (performance.now() - started) / 1000 : 0;
  const baseline = operation.kind === 'baseline' ? null : await baselineReference(sources, stage.baseline, start.state);
  const settings = {
    ...engineSettings(stage, operation.training, data, context),
    ...(await recoverySettings(stage, operation.training, data, sources)),
    ...compressedRun(start.state, operation.training),
  };
  let last = NOTHING_YET;
  const tick = ticking(context, () => last);
  const method = operation.kind === 'prune' ? operation.method : null;
  const session = await TrainingSession.resume(start, {
    ...settings,
    masksKernels: start.state.masks.size > 0 || (method !== null && masksKernels(method)),
    ...(method !== null && criterionOf(method).tracksMovement === true ? { tracksMovement: true } : {}),
  });
  if ('eagerBecause' in start) session.eagerBecause ??= start.eagerBecause;
  const plan =
    operation.kind === 'prune' && baseline !== null
      ? pruningPlan(
          tf,
          stage,
          operation,
          { data, baseline, sensitivity: await scanned(operation, sources), tick },
          store,
        )
      : null;
  let checkpoint: string | null = resumed === null ? null : context.checkpoint;
  let lastCheckpoint = performance.now();
  const hooks: LoopHooks = {
    signal: context.signal,
    progress(progress) {
      last = { ...progress, checkpoint };
      onProgress(last);
    },
    async checkpoint(current, log, best) {
      const leaves = context.handOver.aborted;
      if (!leaves && performance.now() - lastCheckpoint < context.checkpointEveryMs) return;
      const { step } = current;
      checkpoint = await within('checkpoint', () => storeCheckpoint(store, stage.key, current, log, best), { step });
      if (leaves) throw new StageHandedOver(checkpoint);
      lastCheckpoint = performance.now();
    },
    async keepEpoch(current, epoch) {
      if (operation.kind !== 'baseline' || !operation.keepEpochs.includes(epoch)) return null;
      return store.putBlob(encodeState(current.state()));
    },
  };
  try {
    const before = {
      log: resumed === null ? { ...firstLog(operation, parent), deviceSeconds: compressSeconds } : resumedLog(resumed),
      best: resumed?.best ?? null,
    };
    const log = await trainLoop(session, data, operation.training, stage.seed, plan, before, hooks);
    const state = session.state();
    const container = containerOf(state);
    const observation = observe(tf, session, { stage, data, log, baseline, parent, bytesEncoded: container.length });
    const model = await storeExports(state, container, store);
    const { rewindStates, resumedAt } = log;
    return { observation, state: await store.putBlob(encodeState(state)), model, rewindStates, resumedAt };
  } finally {
    session.dispose();
    plan?.dispose();
  }
}

/** The state that a training starts from: what came before it, compressed where this is what the stage does. */
async function startingState(
  stage: Stage,
  sources: StageSources,
  data: PreparedData,
  context: StageContext,
): Promise<CompressedState> {
  const state = await initialState(stage, sources, data);
  const { operation, seed } = stage;
  if (operation.kind === 'prune') requireUnencoded(state);
  if (operation.kind !== 'compress') return { state, eagerBecause: null };
  const { piece, training } = operation;
  const engine = engineSettings(stage, training, data, context);
  const tick = ticking(context, () => NOTHING_YET);
  return within('compress', () => compressState(state, piece, { engine, seed, tick }), {
    compression: describeChoice(piece),
  });
}

/** What a stage tells before it has anything to tell. */
const NOTHING_YET: StageProgress = {
  ...{ phase: 'evaluate', epoch: 0, epochs: 0, step: 0, steps: 0 },
  ...{ loss: null, images: 0, imagesPerSecond: null, sparsity: 0, checkpoint: null },
};

/** Tells in the middle of something long that the stage goes on, and hears whether it is to. */
function ticking({ onProgress, signal }: StageContext, last: () => StageProgress): () => Promise<void> {
  return async () => {
    onProgress(last());
    await nextTurn();
    signal.throwIfAborted();
  };
}

/** What the scan that an operation names has found. */
async function scanned(
  { scan }: Extract<StageOperation, { kind: 'prune' }>,
  sources: StageSources,
): Promise<readonly LayerSensitivity[] | null> {
  return scan === undefined ? null : ((await sources.record(scan)).observation.sensitivity ?? null);
}

/** Measures what pruning each layer alone costs; the model stays what it is. */
async function scanStage(stage: Stage, data: PreparedData, context: StageContext): Promise<Finished> {
  const { operation } = stage;
  if (operation.kind !== 'scan') throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'No scan');
  const sources = new StageSources(context.store);
  const parent = await sources.record(stage.parent);
  const state = await sources.state(stage.parent);
  requireUnencoded(state);
  const baseline = await baselineReference(sources, stage.baseline, state);
  const start = { state, slots: new Map(), step: 0 };
  const settings = engineSettings(stage, operation.training, data, context);
  const session = await TrainingSession.resume(start, { ...settings, masksKernels: state.masks.size > 0 });
  const { method } = operation;
  const tick = ticking(context, () => NOTHING_YET);
  const about = { method, finalSparsity: 1, data, baseline, sensitivity: null, seed: stage.seed, rewinds: false, tick };
  const started = performance.now();
  try {
    const sensitivity = await scanSensitivity(session, about);
    const spentBefore = stage.parent === stage.baseline ? 0 : parent.observation.deviceSeconds;
    const deviceSeconds = spentBefore + (performance.now() - started) / 1000;
    const observation = { ...parent.observation, sensitivity, deviceSeconds };
    return { observation, state: parent.state, model: parent.model, rewindStates: {}, resumedAt: [] };
  } finally {
    session.dispose();
  }
}

/** Writes a checkpoint as the newest of the stage; returns its blob key. */
async function storeCheckpoint(
  store: ArtifactStore,
  key: string,
  session: TrainingSession,
  log: TrainingLog,
  best: BestEpoch | null,
): Promise<string> {
  const { step } = session;
  const bytes = encodeCheckpoint({ state: session.state(), slots: session.readSlots(), step, log, best });
  const checkpoint = await store.putBlob(bytes);
  await store.putCheckpoint(key, checkpoint);
  return checkpoint;
}

function engineSettings(
  stage: Stage,
  { optimizer, batchSize, augment, precision, ...objective }: Omit<Training, 'epochs'>,
  data: PreparedData,
  { tf, programs, callMs, prefersBfloat16 }: StageContext,
): Omit<EngineSettings, 'masksKernels'> {
  return {
    ...{ tf, data, dataset: stage.dataset, optimizer, batchSize, callMs, programs, objective: objectiveOf(objective) },
    ...(augment === undefined ? {} : { augment }),
    precision: precision === 'bfloat16' || (precision === 'auto' && prefersBfloat16) ? 'bfloat16' : 'float32',
  };
}

/** Stages that do not prune train under the masks of their parent. */
function firstLog({ kind }: StageOperation, parent: Observation | null): TrainingLog {
  return { ...EMPTY_LOG, sparsity: kind === 'tune' || kind === 'compress' ? (parent?.requestedSparsity ?? 0) : 0 };
}

function resumedLog({ log, step }: Checkpoint): TrainingLog {
  return { ...log, resumedAt: [...log.resumedAt, step] };
}

/** @param state - whose layers pruning counts from, where they are other ones than the baseline's */
async function baselineReference(
  sources: StageSources,
  key: string,
  { compression }: ModelState,
): Promise<BaselineReference> {
  const record = await sources.record(key);
  const topology = compression?.layers ?? (await sources.state(key)).topology;
  return { topology, observation: record.observation, rewindStates: record.rewindStates };
}

/** The checkpoint where it is whole; a damaged or missing one costs the work it stood for and nothing else. */
async function readCheckpoint(store: ArtifactStore, key: string | null): Promise<Checkpoint | null> {
  if (key === null) return null;
  try {
    return decodeCheckpoint(await store.getBlob(key));
  } catch (error) {
    if (error instanceof PrunefrontError && error.code.startsWith('PRUNEFRONT_ARTIFACT_')) return null;
    throw error;
  }
}
