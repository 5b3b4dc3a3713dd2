import type { Scalar, Tensor, Tensor1D, Variable } from '@tensorflow/tfjs';
import { type CompressedModel, compressedGradient, withCompressedWeights } from '../compression/index.js';
import type { Network } from '../network/network.js';
import { randomSource } from '../network/random-source.js';
import type { Tf } from '../network/tf.js';
import type { Augment } from '../sweep/spec.js';
import { augmented } from './augmentations/index.js';
import { lossOf, type Objective, PLAIN_OBJECTIVE, posed } from './objectives/index.js';

/** Loss of a batch and what its gradient is with respect to each trainable weight, in the order of `Network.trainable`. */
export interface LossAndGradients {
  readonly loss: Scalar;
  readonly gradients: readonly Tensor[];
}

/**
 * The gradient part of an optimizer step, in TensorFlow operations alone, so that it can be recorded: the objective's loss, and gradients
 * that are zero where the mask is and then clipped, where the objective says so. Weights and slots are zero there, and every optimizer
 * leaves them so: momentum can't bring back what is pruned.
 * @param batch - inputs [n, ...shape] as float32, labels [n] as int32 or other targets that the loss takes, and what weights examples
 * @param seed - int32 [2], the `StepSeed`
 * @param masks - float32 0/1 tensors by weight name
 * @param augment - how the inputs are shown to the network; as they are without it
 * @param encodings - the form that weights are trained in: loss and gradients are those of the weights as it gives them
 */
export function lossAndGradients(
  tf: Tf,
  network: Network,
  [x, ...targets]: readonly Tensor[],
  seed: Tensor1D,
  masks: ReadonlyMap<string, Tensor>,
  objective: Objective = PLAIN_OBJECTIVE,
  augment?: Augment,
  encodings: CompressedModel['encodings'] = new Map(),
): LossAndGradients {
  const random = randomSource(tf, seed);
  const batch = posed(objective, [augmented(tf, x as Tensor, augment, random), ...targets], random);
  const loss = lossOf(tf, objective, network, batch);
  const variables = network.trainable.map((name) => network.variables.get(name) as Variable);
  const { value, grads } = withCompressedWeights(tf, network, encodings, () =>
    tf.variableGrads(() => loss(network.forward(batch[0] as Tensor, random)), variables),
  );
  const gradients = network.trainable.map((name) => {
    const variable = network.variables.get(name) as Variable;
    const gradient = compressedGradient(tf, grads[variable.name] ?? tf.zerosLike(variable), encodings.get(name));
    const mask = masks.get(name);
    return mask === undefined ? gradient : gradient.mul(mask);
  });
  return { loss: value, gradients: objective.clipping?.(tf, gradients) ?? gradients };
}
