import { binaryCrossEntropy } from './binary-cross-entropy.js';
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

export type { Loss, LossName } from './loss.js';
