import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { Network } from '../network/network.js';
import type { Tf } from '../network/tensorflow.js';
import type { Optimizer } from './optimizers/index.js';

/** Optimizer slots by weight name, each in the order of `Optimizer.slotNames`. */
export type Slots = Map<string, Variable[]>;

/** Zero slots for every trainable weight. */
export function createSlots(tf: Tf, network: Network, optimizer: Optimizer): Slots {
  return new Map(
    network.trainable.map((name) => {
      const shape = (network.variables.get(name) as Variable).shape;
      return [name, optimizer.slotNames.map(() => tf.tidy(() => tf.variable(tf.zeros(shape), false)))];
    }),
  );
}

/**
 * One optimizer step on a batch: mean softmax cross-entropy, gradients, update, and masks on weights and on slots, so that after every
 * step what is pruned is zero and momentum cannot bring it back.
 * @param masks - float32 0/1 tensors by weight name
 * @param step - optimizer steps taken before
 * @returns the loss of the batch before the update; NaN or infinite where training diverged
 */
export function trainStep(
  tf: Tf,
  network: Network,
  optimizer: Optimizer,
  slots: Slots,
  masks: ReadonlyMap<string, Tensor>,
  batch: { readonly x: Tensor; readonly y: Tensor },
  step: number,
): number {
  return tf.tidy(() => {
    const variables = network.trainable.map((name) => network.variables.get(name) as Variable);
    const { value, grads } = tf.variableGrads(() => {
      const logits = network.forward(batch.x, true) as Tensor<import('@tensorflow/tfjs').Rank.R2>;
      return tf.losses.softmaxCrossEntropy(tf.oneHot(batch.y, logits.shape[1]), logits).asScalar();
    }, variables);
    for (const name of network.trainable) {
      const variable = network.variables.get(name) as Variable;
      const gradient = grads[variable.name];
      if (gradient === undefined) continue;
      const own = slots.get(name) ?? [];
      const update = optimizer.update(variable, gradient, own, step);
      const mask = masks.get(name);
      const masked = (tensor: Tensor) => (mask === undefined ? tensor : tensor.mul(mask));
      variable.assign(masked(update.weights));
      own.forEach((slot, i) => {
        slot.assign(masked(update.slots[i] as Tensor));
      });
    }
    return value.dataSync()[0] as number;
  });
}

/** Frees the slots. */
export function disposeSlots(slots: Slots): void {
  for (const own of slots.values()) for (const slot of own) slot.dispose();
}
