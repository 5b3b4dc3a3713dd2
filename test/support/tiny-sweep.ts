import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readMnist } from '../../core/datasets/mnist.js';
import { prepareDataset } from '../../core/datasets/prepare.js';
import { modelFiles, WEIGHTS_FILE } from '../../core/models/model-file.js';
import type { Topology } from '../../core/models/topology.js';
import { loadTensorFlow } from '../../core/network/tensorflow.js';
import { keyedStage } from '../../core/search/stage-key.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import type { StageRecord } from '../../core/sweep/observation.js';
import type { DatasetSource, Method, OptimizerSpec } from '../../core/sweep/spec.js';
import type { InitialModel, OperationOf, Stage, StageOperation, Training } from '../../core/sweep/stage.js';
import type { TaskName } from '../../core/sweep/task.js';
import { DataCache } from '../../core/training/engines/data-cache.js';
import { ProgramCache } from '../../core/training/engines/program-cache.js';
import { decodeState, type ModelState } from '../../core/training/stage-state.js';
import { runStage } from '../../core/training/stages/run-stage.js';
import type { StageContext } from '../../core/training/stages/stage-context.js';
import { dataFile, idxBytes } from './data-files.js';
import { randomWeights } from './tiny-networks.js';

const PIXELS = 784;

export const ADAM: OptimizerSpec = { adam: { learningRate: 0.002, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } };
export const TRAINING: Training = { epochs: 2, batchSize: 32, optimizer: ADAM };
export const WEIGHTS: Method = { granularity: 'weight', criterion: 'magnitude', scope: 'global' };

/** Prunes weights to a half at once and trains two epochs, but as it is told otherwise. */
export function pruning(otherwise: Partial<OperationOf<'prune'>> = {}): OperationOf<'prune'> {
  const half = { method: WEIGHTS, sparsity: 0.5, schedule: 'oneShot', rewind: 'none' } as const;
  return { kind: 'prune', ...half, training: TRAINING, ...otherwise };
}

/** A store in the folder with 500 images of MNIST prepared in it, and what a stage needs to run there. */
export interface TinySweep {
  readonly store: ArtifactStore;
  /** The images as files. */
  readonly source: DatasetSource;
  readonly dataset: string;
  baseline(model: InitialModel, keepEpochs?: readonly number[], training?: Training): Stage;
  child(parent: Stage, operation: StageOperation): Stage;
  context(overrides?: Partial<StageContext>): StageContext;
  run(stage: Stage, overrides?: Partial<StageContext>): Promise<StageRecord>;
  /** Runs a stage and then operations one after the other, each on what the one before came to; the last one's record. */
  chain(from: Stage, ...operations: readonly StageOperation[]): Promise<StageRecord>;
  /** The state that a blob key of a record stands for. */
  stateOf(record: Pick<StageRecord, 'state'>): Promise<ModelState>;
}

let mnist: ReturnType<typeof readMnist> | undefined;

/** Sets up such a store; the images are prepared for a task. */
export async function tinySweep(folder: string, task?: TaskName): Promise<TinySweep> {
  const store = await openFolderStore(join(folder, 'store'));
  mnist ??= readMnist();
  const { x, labels } = await mnist;
  // Sorted by digit: every twentieth image has all of them.
  const taken = Array.from({ length: labels.length / 20 }, (_, i) => i * 20);
  const images = Buffer.concat(taken.map((i) => Uint8Array.from(x.subarray(i * PIXELS, (i + 1) * PIXELS))));
  const idx = {
    images: await dataFile(folder, 'images', idxBytes([taken.length, 28, 28], images)),
    labels: await dataFile(
      folder,
      'labels',
      idxBytes(
        [taken.length],
        taken.map((i) => labels[i] ?? 0),
      ),
    ),
  };
  const { key: dataset } = await prepareDataset({ idx }, { validation: 0.2, test: 0.2, seed: 1 }, store, task);
  // One for all stages, as a trainer has it: equal shapes are compiled once.
  const programs = new ProgramCache();
  const context = (overrides: Partial<StageContext> = {}): StageContext => ({
    tf: loadTensorFlow(),
    store,
    programs,
    dataSets: new DataCache(2 ** 30),
    callMs: 0,
    prefersBfloat16: false,
    checkpoint: null,
    checkpointEveryMs: 60_000,
    ranOn: 'test/0',
    signal: new AbortController().signal,
    handOver: new AbortController().signal,
    onProgress: () => {},
    ...overrides,
  });
  const run: TinySweep['run'] = (stage, overrides) => runStage(stage, context(overrides));
  const child: TinySweep['child'] = (parent, operation) =>
    keyedStage({ parent: parent.key, baseline: parent.baseline, dataset, seed: 1, operation });
  return {
    store,
    source: { idx },
    dataset,
    baseline: (model, keepEpochs = [], training = TRAINING) =>
      keyedStage({
        parent: null,
        baseline: null,
        dataset,
        seed: 1,
        operation: { kind: 'baseline', model, training, keepEpochs },
      }),
    child,
    context,
    run,
    async chain(from, ...operations) {
      let stage = from;
      let record = await run(stage);
      for (const operation of operations) {
        stage = child(stage, operation);
        record = await run(stage);
      }
      return record;
    },
    stateOf: async ({ state }) => decodeState(await store.getBlob(state)),
  };
}

/** Such a sweep whose baseline has been trained. */
export interface TrainedSweep {
  readonly sweep: TinySweep;
  readonly baseline: Stage;
  readonly dense: StageRecord;
}

/** Sets up such a store and trains a small network of the zoo in it. */
export async function trainedSweep(
  folder: string,
  keepEpochs: readonly number[] = [],
  training: Training = TRAINING,
): Promise<TrainedSweep> {
  const sweep = await tinySweep(folder);
  const baseline = sweep.baseline({ zoo: 'mnistMlp' }, keepEpochs, training);
  return { sweep, baseline, dense: await sweep.run(baseline) };
}

/** Saves a topology with random weights as a LayersModel folder; the path of its model.json. */
export async function savedModel(folder: string, topology: Topology, seed = 1): Promise<string> {
  const { modelJson, weightsBin } = modelFiles(topology, randomWeights(topology, seed));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, WEIGHTS_FILE), weightsBin);
  await writeFile(join(folder, 'model.json'), modelJson);
  return join(folder, 'model.json');
}
