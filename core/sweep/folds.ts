import type { Observation, Score } from './observation.js';
import type { Split } from './spec.js';
import type { Stage } from './stage.js';
import { type Quality, qualityOf } from './task.js';

/** Data sets that everything is trained on: one for each fold, or a single one. */
export function foldCount(split: Split): number {
  return 'folds' in split ? split.folds : 1;
}

/** The stages that make the dense model, first to last: the baseline, in cross-validation that of each fold and what they are together. */
export function denseChain(dense: Stage): readonly Stage[] {
  return dense.operation.kind === 'folds' ? [...dense.operation.of, dense] : [dense];
}

/** The stage that trained the model that a stage hands on; in cross-validation the first fold's. */
export function trainedBy(stage: Stage): Stage {
  const [first] = stage.operation.kind === 'folds' ? stage.operation.of : [];
  return first ?? stage;
}

/** Of a candidate's stages those that make the model that is handed out; in cross-validation the first fold's. */
export function handedOutChain(stages: readonly Stage[]): readonly Stage[] {
  return stages.filter(({ baseline }) => baseline === stages[0]?.baseline);
}

/**
 * What cross-validation measured: that of the first fold, whose model is handed out, with the mean over the folds of the scores on
 * validation and right after pruning, each fold's own scores, and the device seconds of all.
 */
export function overFolds(first: Observation, others: readonly Observation[]): Observation {
  const all = [first, ...others];
  const afterPruning = all.flatMap((each) => (each.afterPruning === null ? [] : [each.afterPruning]));
  const folds = all.map(({ validation }) => validation);
  return {
    ...first,
    validation: meanScore(folds),
    afterPruning: afterPruning.length === 0 ? null : meanScore(afterPruning),
    folds,
    deviceSeconds: all.reduce((sum, { deviceSeconds }) => sum + deviceSeconds, 0),
  };
}

/** The mean of every number of scores of one task; `examples` are those of all of them. */
function meanScore(scores: readonly Score[]): Score {
  const mean = (of: (score: Score) => number): number =>
    scores.reduce((sum, score) => sum + of(score), 0) / scores.length;
  const [first] = scores;
  const names = Object.keys(qualityOf(first ?? {})) as (keyof Quality)[];
  const own = Object.keys(first?.own ?? {}).map((name) => [name, mean((score) => score.own?.[name] ?? Number.NaN)]);
  return {
    ...Object.fromEntries(names.map((name) => [name, mean((score) => score[name] ?? Number.NaN)])),
    loss: mean(({ loss }) => loss),
    examples: scores.reduce((sum, { examples }) => sum + examples, 0),
    ...(own.length === 0 ? {} : { own: Object.fromEntries(own) }),
  };
}
