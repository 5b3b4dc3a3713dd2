import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PreparedData } from '../../datasets/prepare.js';
import type { Tf } from '../../network/tf.js';
import type { ArtifactStore } from '../../store/artifact-store.js';
import type { Observation, StageRecord } from '../../sweep/observation.js';
import type { OperationOf, Stage, StageProgress, Training } from '../../sweep/stage.js';
import { objectiveOf } from '../../sweep/training-extras.js';
import type { DataCache } from '../engines/data-cache.js';
import type { EngineSettings } from '../engines/open-engine.js';
import type { ProgramCache } from '../engines/program-cache.js';
import type { BaselineReference } from '../pruning/pruning-context.js';
import type { ModelState } from '../stage-state.js';
import type { StageSources } from './stage-sources.js';

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

/** A stage that makes a model and trains it. */
export type TrainedStage = Stage<OperationOf<'baseline' | 'prune' | 'tune' | 'compress'>>;

/** What a stage comes to. */
export type Finished = Pick<StageRecord, 'observation' | 'state' | 'model' | 'rewindStates' | 'resumedAt'>;

/** What a stage comes to that hands on its parent's model, with what is known of it now. */
export function handedOn({ state, model }: StageRecord, observation: Observation): Finished {
  return { observation, state, model, rewindStates: {}, resumedAt: [] };
}

/**
 * Device seconds of a candidate before a stage; the baseline's are not a candidate's.
 * @param before - the parent's observation; null for the baseline
 */
export function secondsBefore({ parent, baseline }: Stage, before: Observation | null): number {
  return parent === baseline ? 0 : (before?.deviceSeconds ?? 0);
}

/** The engine that a stage's training runs on, on the process it runs in. */
export function engineSettings(
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

/** What a stage tells before it has anything to tell. */
export const NOTHING_YET: StageProgress = {
  ...{ phase: 'evaluate', epoch: 0, epochs: 0, step: 0, steps: 0 },
  ...{ loss: null, images: 0, imagesPerSecond: null, sparsity: 0, checkpoint: null },
};

/** Tells in the middle of something long that the stage goes on, and hears whether it is to. */
export function ticking({ onProgress, signal }: StageContext, last: () => StageProgress): () => Promise<void> {
  return async () => {
    onProgress(last());
    await nextTurn();
    signal.throwIfAborted();
  };
}

/**
 * What pruning counts from.
 * @param state - whose layers pruning counts from, where they are other ones than the baseline's
 */
export async function baselineReference(
  sources: StageSources,
  key: string,
  { compression }: ModelState,
): Promise<BaselineReference> {
  const record = await sources.record(key);
  const topology = compression?.layers ?? (await sources.state(key)).topology;
  return { topology, observation: record.observation, rewindStates: record.rewindStates };
}
