import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { prunableKernels } from '../../models/prunable.js';
import { batchNormOf } from '../../models/wrapped-layers.js';
import type { Network } from '../../network/network.js';
import type { Tf } from '../../network/tf.js';

/** Something that the weights themselves cost, whatever the batch; null where the network has no such weights. */
export type Penalty = (tf: Tf, network: Network) => Scalar | null;

/** factor · Σ|w| over the kernels (Tibshirani 1996), as Keras' `l1`. */
export function l1Penalty(factor: number): Penalty {
  return (tf, network) =>
    total(
      tf,
      kernels(network).map((kernel) => absoluteSum(tf, kernel)),
      factor,
    );
}

/** factor · Σw² over the kernels, as Keras' `l2`: not halved. */
export function l2Penalty(factor: number): Penalty {
  return (tf, network) =>
    total(
      tf,
      kernels(network).map((kernel) => kernel.square().sum()),
      factor,
    );
}

/** factor · Σ|γ| over the scales of batch norm: network slimming (Liu et al. 2017), whose λ this is. */
export function gammaPenalty(factor: number): Penalty {
  return (tf, network) =>
    total(
      tf,
      gammas(network).map((gamma) => absoluteSum(tf, gamma)),
      factor,
    );
}

function kernels(network: Network): Variable[] {
  return trained(
    network,
    prunableKernels(network.topology).map(({ weight }) => weight),
  );
}

function gammas(network: Network): Variable[] {
  const layers = network.topology.nodes.filter((node) => batchNormOf(node) !== null);
  return trained(
    network,
    layers.map(({ name }) => `${name}/gamma`),
  );
}

/** Those of the weights that a gradient changes. */
function trained({ trainable, variables }: Network, names: readonly string[]): Variable[] {
  const known = new Set(trainable);
  return names.flatMap((name) => (known.has(name) ? [variables.get(name) as Variable] : []));
}

/** Σ|w|, whose derivative at 0 is 0: what is zero stays so. */
function absoluteSum(tf: Tf, weights: Tensor): Tensor {
  const sum = tf.customGrad((own, save) => {
    (save as (tensors: Tensor[]) => void)([own as Tensor]);
    return {
      value: (own as Tensor).abs().sum(),
      gradFunc: (dy: Tensor, saved: Tensor[]) => (saved[0] as Tensor).sign().mul(dy),
    };
  });
  return sum(weights);
}

function total(tf: Tf, sums: readonly Tensor[], factor: number): Scalar | null {
  return sums.length === 0 ? null : tf.addN([...sums]).mul(factor);
}
