import { roundSparsities } from '../pruning/schedules/index.js';
import type { OptimizerSpec, SweepSpec } from '../sweep/spec.js';
import type { InitialModel, SearchPoint, Stage, Training } from '../sweep/stage.js';
import { sweepExtras } from '../sweep/training-extras.js';
import { keyedStage } from './stage-key.js';

/** The stage that makes the dense model. It keeps the weights of the epochs that some schedule rewinds to. */
export function baselineStage(spec: SweepSpec, dataset: string, model: InitialModel): Stage {
  const { epochs, batchSize, optimizer, seed } = spec.baseline;
  const rewinds = spec.space.schedule.flatMap((schedule) =>
    typeof schedule === 'object' && 'iterative' in schedule ? [schedule.iterative.rewind] : [],
  );
  const keep = rewinds.flatMap((rewind) => (rewind === 'none' ? [] : [rewind === 'start' ? 0 : rewind.epoch]));
  const keepEpochs = [...new Set(keep)].sort((a, b) => a - b);
  return keyedStage({
    parent: null,
    baseline: null,
    dataset,
    seed,
    operation: {
      kind: 'baseline',
      model,
      training: { epochs, batchSize, optimizer, ...sweepExtras(spec) },
      keepEpochs,
    },
  });
}

/** The chain of stages that makes a candidate: one for one-shot and gradual schedules; a round each and a last fine-tuning for iterative ones. */
export function candidateStages(
  spec: SweepSpec,
  baseline: Stage,
  { method, sparsity, schedule, recovery }: SearchPoint,
): Stage[] {
  const { dataset } = baseline;
  const seed = spec.search.seed;
  const training = (epochs: number, learningRate: number): Training => ({
    epochs,
    batchSize: spec.baseline.batchSize,
    optimizer: withLearningRate(spec.baseline.optimizer, learningRate),
    ...sweepExtras(spec),
  });
  const chain: Stage[] = [];
  const append = (operation: Stage['operation']): void => {
    chain.push(
      keyedStage({ parent: chain.at(-1)?.key ?? baseline.key, baseline: baseline.key, dataset, seed, operation }),
    );
  };
  if (schedule === 'oneShot' || !('iterative' in schedule)) {
    append({
      kind: 'prune',
      method,
      sparsity,
      schedule,
      rewind: 'none',
      training: training(recovery.epochs, recovery.learningRate),
    });
    return chain;
  }
  const { rounds, rewind, epochsPerRound, fineTune } = schedule.iterative;
  for (const target of roundSparsities(sparsity, rounds)) {
    append({
      kind: 'prune',
      method,
      sparsity: target,
      schedule: 'oneShot',
      rewind,
      training: training(epochsPerRound, recovery.learningRate),
    });
  }
  if (fineTune.epochs > 0) append({ kind: 'tune', training: training(fineTune.epochs, fineTune.learningRate) });
  return chain;
}

/** The stage that scores another one's model on the test split. */
export function scoreStage(parent: Pick<Stage, 'key' | 'baseline' | 'dataset' | 'seed'>): Stage {
  return keyedStage({
    parent: parent.key,
    baseline: parent.baseline,
    dataset: parent.dataset,
    seed: parent.seed,
    operation: { kind: 'score' },
  });
}

/** The stage that measures a model as it is on a data set. */
export function evaluationStage(spec: SweepSpec, dataset: string, stored: string): Stage {
  const { batchSize, optimizer, seed } = spec.baseline;
  const { task } = spec;
  const training = { epochs: 0, batchSize, optimizer, ...(task === undefined ? {} : { task }) };
  return keyedStage({
    parent: null,
    baseline: null,
    dataset,
    seed,
    operation: { kind: 'baseline', model: { stored }, training, keepEpochs: [] },
  });
}

function withLearningRate(optimizer: OptimizerSpec, learningRate: number): OptimizerSpec {
  if ('adam' in optimizer) return { adam: { ...optimizer.adam, learningRate } };
  if ('adamW' in optimizer) return { adamW: { ...optimizer.adamW, learningRate } };
  if ('rmsProp' in optimizer) return { rmsProp: { ...optimizer.rmsProp, learningRate } };
  return { sgd: { ...optimizer.sgd, learningRate } };
}
