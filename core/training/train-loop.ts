import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PreparedData } from '../datasets/prepare.js';
import { PrunefrontError } from '../errors.js';
import { batchesOf, epochOrder } from '../network/batches.js';
import type { CurvePoint, Score } from '../sweep/observation.js';
import type { StageProgress, Training } from '../sweep/stage.js';
import { mainScore, taskOf } from '../sweep/task.js';
import { reestimateBatchNorm } from './batch-norm.js';
import { EarlyStop } from './early-stop.js';
import type { BestEpoch, Checkpoint, TrainingLog } from './stage-state.js';
import type { TrainingSession } from './training-session.js';

/** Changes of masks that leave the sparsity as it is: dynamic sparse training. */
export interface Regrowth {
  /** Whether masks change before the step. */
  isDueAt(step: number): boolean;
  /** @param batch - examples of the step */
  regrow(session: TrainingSession, step: number, batch: Int32Array): Promise<void>;
}

/** When and how far the model is pruned while it trains. */
export interface PruningPlan {
  /** Sparsity to prune to before the step, or null where the masks stay. */
  sparsityAt(step: number): number | null;
  /** Whether the target is reached once the update of this step is done; always so at the end of the training. */
  isLastUpdate(step: number): boolean;
  prune(session: TrainingSession, sparsity: number): Promise<void>;
  /** Null where masks only change with the sparsity. */
  readonly regrowth: Regrowth | null;
  /** Called once the target is reached and its score is taken: rewinds the surviving weights where asked. */
  afterTarget(session: TrainingSession): Promise<void>;
  readonly target: number;
}

/** What the loop tells and asks while it runs. */
export interface LoopHooks {
  readonly signal: AbortSignal;
  progress(progress: Omit<StageProgress, 'checkpoint'>): void;
  /** Called between steps; writes a checkpoint when one is due. */
  checkpoint(session: TrainingSession, log: TrainingLog, best: BestEpoch | null): Promise<void>;
  /** Called after `epoch` epochs; keeps the weights where a child may rewind to them. Returns the blob key, or null. */
  keepEpoch(session: TrainingSession, epoch: number): Promise<string | null>;
}

/** Optimizer steps of a training on `examples` examples. */
export function totalSteps(training: Training, examples: number): number {
  return training.epochs * Math.ceil(examples / training.batchSize);
}

/** Curve points per epoch between the validation scores. */
const POINTS_PER_EPOCH = 10;

/**
 * Trains a session to the end of its budget from wherever it is, or until it gets no better, pruning by the plan, and returns the log. A
 * training that may end early is left with the weights of its best epoch, a compressed model in its compressed form; statistics of batch norm are estimated anew last of all.
 * @throws PrunefrontError `PRUNEFRONT_DIVERGED` where the loss is not finite; the abort reason where the signal fires
 */
export async function trainLoop(
  session: TrainingSession,
  data: PreparedData,
  training: Training,
  seed: number,
  plan: PruningPlan | null,
  { log: before, best }: Pick<Checkpoint, 'log' | 'best'>,
  hooks: LoopHooks,
): Promise<TrainingLog> {
  const perEpoch = Math.ceil(data.train.length / training.batchSize);
  const total = training.epochs * perEpoch;
  const pointEvery = Math.max(1, Math.floor(perEpoch / POINTS_PER_EPOCH));
  const stop = training.earlyStop === undefined ? null : new EarlyStop(training.earlyStop, best);
  const curve: CurvePoint[] = [...before.curve];
  const rewindStates: Record<string, string> = { ...before.rewindStates };
  let { afterPruning, lossSum, sparsity } = before;
  let clock = performance.now();
  let deviceSeconds = before.deviceSeconds;
  let rate: { readonly since: number; images: number } = { since: clock, images: 0 };
  let imagesPerSecond: number | null = null;
  let images = 0;
  const log = (): TrainingLog => {
    const now = performance.now();
    deviceSeconds += (now - clock) / 1000;
    clock = now;
    return { curve, afterPruning, deviceSeconds, rewindStates, lossSum, sparsity, resumedAt: before.resumedAt };
  };
  const report = (phase: StageProgress['phase'], loss: number | null): void =>
    hooks.progress({
      phase,
      epoch: Math.min(training.epochs, Math.floor(session.step / perEpoch) + 1),
      epochs: training.epochs,
      step: session.step,
      steps: total,
      loss,
      images,
      imagesPerSecond,
      sparsity,
    });
  const pruneNow = async (step: number, to: number): Promise<void> => {
    if (plan === null) return;
    report('prune', null);
    await plan.prune(session, to);
    sparsity = to;
    if (!plan.isLastUpdate(step)) return;
    afterPruning = session.score(data.validation);
    await plan.afterTarget(session);
  };
  const keep = async (epoch: number): Promise<void> => {
    const key = await hooks.keepEpoch(session, epoch);
    if (key !== null) rewindStates[String(epoch)] = key;
  };

  const pointAt = (step: number): Pick<CurvePoint, 'step' | 'epoch' | 'sparsity'> => ({
    step,
    epoch: step / perEpoch,
    sparsity,
  });

  if (session.step === 0) await keep(0);
  while (session.step < total && stop?.isOver !== true) {
    const epoch = Math.floor(session.step / perEpoch);
    const batches = [...batchesOf(epochOrder(data.train, seed, epoch), training.batchSize)];
    const epochEnd = (epoch + 1) * perEpoch;
    while (session.step < epochEnd) {
      const first = session.step;
      const due = plan?.sparsityAt(first) ?? null;
      if (due !== null) await pruneNow(first, due);
      else if (plan?.regrowth?.isDueAt(first) === true) {
        report('prune', null);
        await plan.regrowth.regrow(session, first, batches[first % perEpoch] as Int32Array);
      }
      const until = Math.min(epochEnd, nextChange(plan, first, first + session.stepsPerCall));
      const rest = batches.slice(first % perEpoch);
      const own = rest.slice(0, until - first);
      const losses = session.trainOn(own, seed, rest.slice(own.length));
      losses.forEach((loss, i) => {
        requireFinite(loss, first + i + 1, total, training);
        lossSum += loss;
        const inEpoch = (first + i + 1) % perEpoch;
        if (inEpoch !== 0 && inEpoch % pointEvery === 0)
          curve.push({ ...pointAt(first + i + 1), loss: lossSum / inEpoch, validationAccuracy: null });
      });
      const seen = own.reduce((sum, { length }) => sum + length, 0);
      images += seen;
      rate.images += seen;
      const now = performance.now();
      if (now - rate.since >= 500) {
        imagesPerSecond = rate.images / ((now - rate.since) / 1000);
        rate = { since: now, images: 0 };
      }
      if (session.step === epochEnd) {
        const score = session.score(data.validation);
        curve.push({ ...pointAt(epochEnd), loss: lossSum / perEpoch, ...measuredPoint(score) });
        lossSum = 0;
        await keep(epoch + 1);
        // Before the target is reached the weights are no candidate's.
        if (plan === null || afterPruning !== null) stop?.judge(epoch + 1, score.loss, () => session.state());
      }
      report('train', losses.at(-1) ?? null);
      await hooks.checkpoint(session, log(), stop?.best ?? null);
      await nextTurn();
      hooks.signal.throwIfAborted();
    }
  }
  // A stage without training, or a schedule that would end after it, still reaches exactly what was asked.
  if (plan !== null && afterPruning === null) await pruneNow(total, plan.target);
  const kept = stop?.best ?? null;
  if (kept !== null && kept.since > 0) session.restore(kept.state);
  await session.settle();
  if (training.batchNorm !== undefined)
    await reestimateBatchNorm(session, training.batchNorm.batches, seed, training.epochs);
  if (kept === null) return log();
  return { ...log(), earlyStop: { epochs: Math.floor(session.step / perEpoch), bestEpoch: kept.epoch } };
}

/** What a point of the curve tells of a score. */
function measuredPoint(score: Score): Pick<CurvePoint, 'validationAccuracy' | 'validationScore'> {
  if (taskOf(score) === 'classification') return { validationAccuracy: mainScore(score) };
  return { validationAccuracy: null, validationScore: mainScore(score) };
}

/** The first step after `step` before which the plan changes masks, or `most`. */
function nextChange(plan: PruningPlan | null, step: number, most: number): number {
  if (plan === null) return most;
  for (let next = step + 1; next < most; next++)
    if (plan.sparsityAt(next) !== null || plan.regrowth?.isDueAt(next) === true) return next;
  return most;
}

function requireFinite(loss: number, step: number, total: number, { penalty = {} }: Training): void {
  if (Number.isFinite(loss)) return;
  const penalties = Object.entries(penalty).flatMap(([name, of]) => (of > 0 ? [`${name} of ${of}`] : []));
  const because =
    penalties.length === 0
      ? ''
      : `, or the penalty: ${penalties.join(', ')}, of the baseline or of a criterion that trains before the first cut`;
  throw new PrunefrontError('PRUNEFRONT_DIVERGED', `The training loss became ${loss}`, {
    place: `step ${step} of ${total}`,
    found: String(loss),
    allowed: 'a finite loss',
    hint: `lower the learning rate${because}`,
  });
}
