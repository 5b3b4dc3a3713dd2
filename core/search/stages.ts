import type { Regularised } from '../pruning/criteria/index.js';
import { criterionOf, scopeOf } from '../pruning/method.js';
import { roundSparsities } from '../pruning/schedules/index.js';
import { rulesOnTheWay } from '../pruning/selection/index.js';
import { type Choice, settingsOf } from '../registry/index.js';
import { aroundPruning } from '../sweep/compression.js';
import { withLearningRate } from '../sweep/learning-rate.js';
import { ownMetrics } from '../sweep/named-metrics.js';
import { recoveryExtrasOf } from '../sweep/recovery.js';
import { epochOf, isEarly, isIterative, startingPointOf, withinStage } from '../sweep/schedule.js';
import type { Method, OptimizerSpec, Recovery, SweepSpec } from '../sweep/spec.js';
import type { InitialModel, SearchPoint, Stage, Training } from '../sweep/stage.js';
import { objectiveOf, sweepExtras } from '../sweep/training-extras.js';
import { keyedStage } from './stage-key.js';

/** The stage that makes the dense model. It keeps the weights of the epochs that some schedule goes back to. */
export function baselineStage(spec: SweepSpec, dataset: string, model: InitialModel): Stage {
  const { epochs, batchSize, optimizer, schedule, seed } = spec.baseline;
  const keep = spec.space.schedule.flatMap((each) => {
    const point = startingPointOf(each);
    return point === null ? [] : [epochOf(point)];
  });
  const keepEpochs = [...new Set(keep)].sort((a, b) => a - b);
  return keyedStage({
    parent: null,
    baseline: null,
    dataset,
    seed,
    operation: {
      kind: 'baseline',
      model,
      training: {
        ...{ epochs, batchSize, optimizer, ...sweepExtras(spec) },
        ...recoveryExtrasOf({ schedule }, epochs),
      },
      keepEpochs,
    },
  });
}

/**
 * The chain of stages that makes a candidate: a round each and a last fine-tuning for iterative schedules, one for all others; before and after
 * these, one for each compression.
 */
export function candidateStages(
  spec: SweepSpec,
  baseline: Stage,
  { method, sparsity, schedule, recovery, compression }: SearchPoint,
): Stage[] {
  const { dataset } = baseline;
  const seed = spec.search.seed;
  const trainingWith = (epochs: number, optimizer: OptimizerSpec, rates: Recovery['schedule']): Training => ({
    epochs,
    batchSize: spec.baseline.batchSize,
    optimizer,
    ...sweepExtras(spec),
    ...recoveryExtrasOf({ ...recovery, schedule: rates }, epochs),
  });
  const training = (epochs: number, learningRate: number): Training =>
    trainingWith(epochs, withLearningRate(spec.baseline.optimizer, learningRate), recovery.schedule);
  const chain: Stage[] = [];
  const append = (operation: Stage['operation']): void => {
    chain.push(
      keyedStage({ parent: chain.at(-1)?.key ?? baseline.key, baseline: baseline.key, dataset, seed, operation }),
    );
  };
  const compress = (pieces: readonly Choice[]): void => {
    const { epochs = 0, learningRate = recovery.learningRate } = compression?.fineTune ?? {};
    for (const piece of pieces) append({ kind: 'compress', piece, training: training(epochs, learningRate) });
  };
  const { before, after } = aroundPruning(compression);
  compress(before);
  const { penalty, epochs } = regularisedOf(method);
  if (epochs > 0) {
    const plain = training(epochs, recovery.learningRate);
    append({ kind: 'tune', training: { ...plain, penalty: { ...plain.penalty, ...penalty } } });
  }
  if (scopeOf(method).needsSensitivity === true) {
    const { granularity, criterion, scope } = method;
    const { batchSize, optimizer } = spec.baseline;
    const scored = { epochs: 0, batchSize, optimizer, ...sweepExtras(spec) };
    append({ kind: 'scan', method: { granularity, criterion, scope }, training: scored });
  }
  const scan = chain.findLast((stage) => stage.operation.kind === 'scan');
  const allocated = scan === undefined ? {} : { scan: scan.key };
  if (!isIterative(schedule)) {
    append({
      kind: 'prune',
      method,
      sparsity,
      schedule: withinStage(schedule),
      ...(isEarly(schedule) ? { from: schedule.from } : {}),
      ...allocated,
      rewind: 'none',
      training: training(recovery.epochs, recovery.learningRate),
    });
    compress(after);
    return chain;
  }
  const { rounds, rate, rewind, epochsPerRound, fineTune } = schedule.iterative;
  const own = training(epochsPerRound, recovery.learningRate);
  const { optimizer, schedule: rates } = spec.baseline;
  for (const target of roundSparsities(sparsity, rounds, rate)) {
    append({
      kind: 'prune',
      method: methodOnTheWay(method, sparsity === 0 ? 1 : target / sparsity),
      sparsity: target,
      schedule: 'oneShot',
      ...allocated,
      // The weights stay as they are where the learning rate goes back.
      rewind: rewind === 'learningRate' ? 'none' : rewind,
      training: rewind === 'learningRate' ? trainingWith(epochsPerRound, optimizer, rates) : own,
    });
  }
  if (fineTune.epochs > 0) append({ kind: 'tune', training: training(fineTune.epochs, fineTune.learningRate) });
  compress(after);
  return chain;
}

/** A method in a round that is so far on the way to the sparsity: layers with one of their own are as far. */
function methodOnTheWay(method: Method, part: number): Method {
  return method.layers === undefined ? method : { ...method, layers: rulesOnTheWay(method.layers, part) };
}

/** Training with a penalty that a criterion has before the first cut; none has no epochs. */
function regularisedOf(method: Method): Regularised {
  return criterionOf(method).regularised?.(settingsOf(method.criterion)) ?? { penalty: {}, epochs: 0 };
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
  const scored = objectiveOf({ ...(task === undefined ? {} : { task }), metrics: ownMetrics(spec) });
  const training = { epochs: 0, batchSize, optimizer, ...scored };
  return keyedStage({
    parent: null,
    baseline: null,
    dataset,
    seed,
    operation: { kind: 'baseline', model: { stored }, training, keepEpochs: [] },
  });
}
