import type { Task } from '../../../sweep/task.js';
import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { binaryCrossEntropyOfProbabilities } from './binary-cross-entropy-of-probabilities.js';
import { huber } from './huber.js';
import type { Loss, LossName } from './loss.js';
import { meanAbsoluteError } from './mean-absolute-error.js';
import { meanSquaredError } from './mean-squared-error.js';
import { softmaxCrossEntropy } from './softmax-cross-entropy.js';

const LOSSES: Readonly<Record<Extract<LossName, string>, Loss>> = {
  softmaxCrossEntropy,
  binaryCrossEntropy,
  meanSquaredError,
  meanAbsoluteError,
};

/** The loss of a name. */
export function createLoss(name: LossName): Loss {
  return typeof name === 'string' ? LOSSES[name] : huber(name.huber.delta);
}

/** The loss of a task other than classification. */
export function createTaskLoss(task: Task): Loss {
  const { loss } = 'regression' in task ? task.regression : task.reconstruction;
  // The model's sigmoid stays where it is: its outputs are probabilities already.
  return loss === 'binaryCrossEntropy' ? binaryCrossEntropyOfProbabilities : createLoss(loss);
}

export type { Loss, LossName } from './loss.js';
