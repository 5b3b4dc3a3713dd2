import type { PreparedData } from '../../datasets/prepare.js';
import { criterionOf, masksKernels } from '../../pruning/method.js';
import { describeChoice } from '../../registry/index.js';
import type { LayerSensitivity, Observation } from '../../sweep/observation.js';
import type { OperationOf } from '../../sweep/stage.js';
import { type CompressedState, compressState, requireUnencoded } from '../compression/compress-state.js';
import { compressedRun } from '../compression/compressed-network.js';
import { within } from '../profile/profile.js';
import { type HeldPlan, pruningPlan } from '../pruning/pruning-plan.js';
import { type Checkpoint, encodeState, type TrainingLog } from '../stage-state.js';
import { type LoopHooks, trainLoop } from '../train-loop.js';
import { TrainingSession } from '../training-session.js';
import { readCheckpoint, storeCheckpoint } from './checkpoints.js';
import { containerOf, storeExports } from './export-model.js';
import { initialState } from './initial-state.js';
import { observe } from './observe.js';
import { recoverySettings } from './recovery-settings.js';
import {
  baselineReference,
  engineSettings,
  type Finished,
  NOTHING_YET,
  type StageContext,
  StageHandedOver,
  type TrainedStage,
  ticking,
} from './stage-context.js';
import { StageSources } from './stage-sources.js';

const EMPTY_LOG: TrainingLog = {
  curve: [],
  afterPruning: null,
  deviceSeconds: 0,
  rewindStates: {},
  lossSum: 0,
  sparsity: 0,
  resumedAt: [],
};

/** Makes a model, prunes or compresses it, and trains it. */
export async function trainStage(stage: TrainedStage, data: PreparedData, context: StageContext): Promise<Finished> {
  const { tf, store, onProgress } = context;
  const { operation } = stage;
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
  const method = operation.kind === 'prune' ? operation.method : null;
  const session = await TrainingSession.resume(start, {
    ...settings,
    masksKernels: start.state.masks.size > 0 || (method !== null && masksKernels(method)),
    ...(method !== null && criterionOf(method).tracksMovement === true ? { tracksMovement: true } : {}),
  });
  if ('eagerBecause' in start) session.eagerBecause ??= start.eagerBecause;
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
  let plan: HeldPlan | null = null;
  try {
    if (operation.kind === 'prune' && baseline !== null) {
      const about = {
        data,
        baseline,
        sensitivity: await scanned(operation, sources),
        tick: ticking(context, () => last),
      };
      plan = pruningPlan(tf, stage, operation, about, store);
    }
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
  stage: TrainedStage,
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

/** What the scan that an operation names has found. */
async function scanned(
  { scan }: OperationOf<'prune'>,
  sources: StageSources,
): Promise<readonly LayerSensitivity[] | null> {
  return scan === undefined ? null : ((await sources.record(scan)).observation.sensitivity ?? null);
}

/** Stages that do not prune train under the masks of their parent. */
function firstLog({ kind }: TrainedStage['operation'], parent: Observation | null): TrainingLog {
  return { ...EMPTY_LOG, sparsity: kind === 'tune' || kind === 'compress' ? (parent?.requestedSparsity ?? 0) : 0 };
}

function resumedLog({ log, step }: Checkpoint): TrainingLog {
  return { ...log, resumedAt: [...log.resumedAt, step] };
}
