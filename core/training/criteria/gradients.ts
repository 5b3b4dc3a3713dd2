import type { Scalar, Tensor, Tensor1D, Variable } from '@tensorflow/tfjs';
import type { Network } from '../../network/network.js';
import { type RandomSource, randomSource } from '../../network/random-source.js';
import type { Tf } from '../../network/tf.js';
import { lossOf, type Objective, PLAIN_OBJECTIVE, posed } from '../objectives/index.js';
import type { Measurement } from './measurement.js';

/** How a network runs when a criterion looks at it. */
export interface PassSettings {
  /** `training` has statistics of the batch in batch norm, and dropout; `inference` has neither. */
  readonly mode: 'training' | 'inference';
  /** What logits are divided by before the loss is taken of them; 1 for everything but GraSP. */
  readonly temperature: number;
  readonly objective: Objective;
}

/** As in training, with the plain objective. */
export const TRAINING_PASS: PassSettings = { mode: 'training', temperature: 1, objective: PLAIN_OBJECTIVE };

/**
 * Gradients of the mean loss with respect to each weight, those of frozen layers too: what first-order Taylor expansion (θ·g, Molchanov et al. 2017) and
 * SNIP (|θ·g|, Lee et al. 2019) are made of.
 */
export function gradientsOf(tf: Tf, network: Network, settings: PassSettings): Measurement {
  return {
    name: 'gradients',
    variables: network.variables,
    outputs: network.differentiable,
    run(batch, seed) {
      const loss = batchLoss(tf, network, settings, batch, seed);
      return inOrder(tf, network, tf.variableGrads(loss, differentiableVariables(network)).grads);
    },
    dispose() {},
  };
}

/** The loss of a batch as a function to differentiate. */
export function batchLoss(
  tf: Tf,
  network: Network,
  { mode, temperature, objective }: PassSettings,
  batch: readonly Tensor[],
  seed: Tensor1D,
): () => Scalar {
  const random: RandomSource | null = mode === 'training' ? randomSource(tf, seed) : null;
  const posedBatch = posed(objective, batch, random);
  const loss = lossOf(tf, objective, network, posedBatch);
  return () => {
    const logits = network.forward(posedBatch[0] as Tensor, random);
    return loss(temperature === 1 ? logits : logits.div(temperature));
  };
}

/** Variables of the weights that have gradients. */
export function differentiableVariables({ differentiable, variables }: Network): Variable[] {
  return differentiable.map((name) => variables.get(name) as Variable);
}

/** Gradients in the order of these weights; zeros where there is none. */
export function inOrder(tf: Tf, network: Network, gradients: Readonly<Record<string, Tensor>>): Tensor[] {
  return differentiableVariables(network).map((variable) => gradients[variable.name] ?? tf.zerosLike(variable));
}
