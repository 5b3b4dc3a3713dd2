import type { Tensor } from '@tensorflow/tfjs';
import type { NamedTensor } from '../../models/named-tensor.js';
import type { Network } from '../../network/network.js';
import type { Tf } from '../../network/tf.js';
import { logSoftmax } from './log-softmax.js';

/** What teaches a network beside the labels. */
export interface Distillation {
  /** Gives the targets; its weights are not trained, and it runs as in inference. */
  readonly teacher: Network;
  /** Both softmaxes are taken of logits divided by this: the higher, the more the small probabilities count. */
  readonly temperature: number;
  /** Weight of the teacher, 0 to 1; the labels have the rest. */
  readonly alpha: number;
}

/** Prefix of the teacher's weights where they stand beside those of the network. */
export const TEACHER = 'teacher/';

/** The teacher's weights under the names that they have beside those of the network. */
export function teacherWeights(weights: readonly NamedTensor[]): NamedTensor[] {
  return weights.map((weight) => ({ ...weight, name: `${TEACHER}${weight.name}` }));
}

/** Probabilities [n, classes] that the teacher gives at its temperature. It runs outside of the tape: no gradient reaches its weights. */
export function softTargets(tf: Tf, { teacher, temperature }: Distillation, x: Tensor): Tensor {
  return tf.softmax(teacher.forward(x, null).div(temperature));
}

/**
 * Loss of each example [n] (Hinton et al. 2015): (1 − α) · loss + α · T² · H(teacher, student), the cross-entropy of both softmaxes at
 * temperature T. T² keeps the share of the teacher's gradient the same whatever T is.
 * @param losses - of the labels, [n]
 * @param logits - the student's, [n, classes]
 * @param targets - `softTargets`, [n, classes]
 */
export function distilled(
  tf: Tf,
  { temperature, alpha }: Distillation,
  losses: Tensor,
  logits: Tensor,
  targets: Tensor,
): Tensor {
  const taught = logSoftmax(tf, logits.div(temperature)).mul(targets).sum(1);
  return losses.mul(1 - alpha).sub(taught.mul(alpha * temperature ** 2));
}
