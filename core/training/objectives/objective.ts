import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import type { Network } from '../../network/network.js';
import type { RandomSource } from '../../network/random-source.js';
import type { Tf } from '../../network/tf.js';
import type { Clipping } from './clipping.js';
import { type Distillation, distilled, softTargets, TEACHER } from './distillation.js';
import type { ExampleWeights } from './example-weights.js';
import type { Loss } from './losses/index.js';
import { softmaxCrossEntropy } from './losses/softmax-cross-entropy.js';
import type { Penalty } from './penalties.js';

/** What a training makes small, and how. Whatever is null or empty adds no operation. */
export interface Objective {
  readonly loss: Loss;
  /** Weights of examples; the mean is Keras': Σ w·loss / n, whatever the weights sum up to. */
  readonly weights: ExampleWeights | null;
  readonly distillation: Distillation | null;
  /** Added to the loss of the batch, and so a part of the loss that is told. */
  readonly penalties: readonly Penalty[];
  /** What is done to the gradients once masks have been put on them. */
  readonly clipping: Clipping | null;
  /** Standard deviation of the noise that a reconstruction has to take off again; null where targets are given. */
  readonly noise: number | null;
}

/** Mean softmax cross-entropy and nothing else. */
export const PLAIN_OBJECTIVE: Objective = {
  loss: softmaxCrossEntropy,
  weights: null,
  distillation: null,
  penalties: [],
  clipping: null,
  noise: null,
};

/** Where a reconstruction draws its noise: below the augmentations. */
const NOISE_PLACE = -1001;

/**
 * A batch as the task poses it: what the network sees, and what it is to give. For a reconstruction that is the input itself.
 * @param batch - inputs [n, ...shape], targets, and what `weights` reads
 * @param random - null is inference, without noise
 */
export function posed({ noise }: Objective, batch: readonly Tensor[], random: RandomSource | null): readonly Tensor[] {
  if (noise === null) return batch;
  const [clean, , ...others] = batch as readonly [Tensor, Tensor, ...Tensor[]];
  const seen = noise === 0 || random === null ? clean : random.normal(clean.shape, NOISE_PLACE).mul(noise).add(clean);
  return [seen, clean, ...others];
}

/**
 * The loss of a batch as a function of the network's outputs. To be called outside of the tape, its result inside: targets that a teacher
 * gives are computed at once.
 * @param batch - inputs [n, ...shape], targets as the loss wants them, and what `weights` reads
 */
export function lossOf(
  tf: Tf,
  { loss, weights, distillation, penalties }: Objective,
  network: Network,
  batch: readonly Tensor[],
): (outputs: Tensor) => Scalar {
  const [x, targets] = batch as readonly [Tensor, Tensor];
  const taught = distillation === null ? null : softTargets(tf, distillation, x);
  const ofBatch = (outputs: Tensor): Scalar => {
    if (weights === null && distillation === null && loss.mean !== undefined) return loss.mean(tf, outputs, targets);
    let losses = loss.perExample(tf, outputs, targets);
    if (distillation !== null && taught !== null) losses = distilled(tf, distillation, losses, outputs, taught);
    if (weights !== null) losses = losses.mul(weights(tf, batch));
    return losses.mean();
  };
  return (outputs) => {
    let total = ofBatch(outputs);
    for (const penalty of penalties) {
      const own = penalty(tf, network);
      if (own !== null) total = total.add(own);
    }
    return total;
  };
}

/** Weights of a program that trains a network: its own, and those of a teacher under a prefix. */
export function variablesOf(network: Network, { distillation }: Objective): ReadonlyMap<string, Variable> {
  if (distillation === null) return network.variables;
  const taught = [...distillation.teacher.variables].map(([name, variable]): [string, Variable] => [
    `${TEACHER}${name}`,
    variable,
  ]);
  return new Map([...network.variables, ...taught]);
}
