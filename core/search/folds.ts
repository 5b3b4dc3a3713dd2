import { PrunefrontError } from '../errors.js';
import type { SweepSpec } from '../sweep/spec.js';
import type { InitialModel, SearchPoint, Stage } from '../sweep/stage.js';
import { keyedStage } from './stage-key.js';
import { baselineStage, candidateStages, evaluationStage } from './stages.js';

/**
 * The stage that makes the dense model; in cross-validation the one that says what the baselines of all folds are together.
 * @param datasets - keys of the prepared data sets: one, or one for each fold
 */
export function denseStage(spec: SweepSpec, datasets: readonly string[], model: InitialModel): Stage {
  return together(datasets.map((dataset) => baselineStage(spec, dataset, model)));
}

/** The stages that make a candidate: its chain, in cross-validation that on the baseline of each fold, and what they are together. */
export function stagesOf(spec: SweepSpec, dense: Stage, point: SearchPoint): readonly Stage[] {
  const { operation } = dense;
  if (operation.kind !== 'folds') return candidateStages(spec, dense, point);
  const chains = operation.of.map((baseline) => candidateStages(spec, baseline, point));
  const last = chains.flatMap((chain) => chain.slice(-1));
  return [...chains.flat(), together(last, dense.key)];
}

/** The stage that measures a model as it is on the data of a dense model, of all its folds. */
export function evaluationOn(spec: SweepSpec, dense: Stage, stored: string): Stage {
  const stages = dense.operation.kind === 'folds' ? dense.operation.of : [dense];
  return together(stages.map(({ dataset }) => evaluationStage(spec, dataset, stored)));
}

/** What the last stages of the folds are together; of a single one itself. */
function together(of: readonly Stage[], baseline: string | null = null): Stage {
  const [first, ...others] = of;
  if (first === undefined) throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'Nothing to train on');
  if (others.length === 0) return first;
  const { key: parent, dataset, seed } = first;
  return keyedStage({ parent, baseline, dataset, seed, operation: { kind: 'folds', of } });
}
