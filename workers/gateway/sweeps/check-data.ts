import { requireFit } from '../../../core/datasets/fit.js';
import { readDataset } from '../../../core/datasets/index.js';
import { splitsOf } from '../../../core/datasets/split.js';
import { PrunefrontError } from '../../../core/errors.js';
import { readModelFile } from '../../../core/models/model-file.js';
import { MODELS, zooModel } from '../../../core/models/zoo/index.js';
import { placedError } from '../../../core/spec/placed-error.js';
import type { SweepSpec } from '../../../core/sweep/spec.js';
import { taskName } from '../../../core/sweep/task.js';
import type { SpecSource__Output } from '../../../proto/generated/prunefront/v1/SpecSource.js';
import { textOf } from './spec-reader.js';

/**
 * Reads the data of a spec and holds it against the model, before anything is spent; returns how many examples would train, in
 * cross-validation for one fold.
 * @param source - the spec as it was sent, whose lines errors name
 * @throws PrunefrontError `PRUNEFRONT_DATA_*`, `PRUNEFRONT_MODEL_*`
 */
export async function checkData(
  { dataset, model, split, task }: SweepSpec,
  source: SpecSource__Output | null,
): Promise<{ readonly trainExamples: number }> {
  try {
    const data = await readDataset(dataset, taskName(task));
    const [first] = splitsOf(data.labels, data.classes, split);
    requireFit('zoo' in model ? zooModel(model.zoo) : (await readModelFile(model.file)).topology, data, task);
    return { trainExamples: first?.train.length ?? 0 };
  } catch (error) {
    throw error instanceof PrunefrontError ? placedError(error, textOf(source)) : error;
  }
}

/** Whether data and model of a spec both come with Prunefront, so that they fit; then only a tiny split could leave something empty. */
export function isKnownToFit({ dataset, model, split }: SweepSpec): boolean {
  const fractions = 'folds' in split ? [split.test] : [split.validation, split.test];
  const isOurs = 'builtin' in dataset && 'zoo' in model && MODELS.originOf(model.zoo) === null;
  return isOurs && Math.min(...fractions) >= 0.01;
}
