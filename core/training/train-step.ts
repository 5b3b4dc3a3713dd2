import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { CompressedModel } from '../compression/index.js';
import type { Network } from '../network/network.js';
import type { StepSeed } from '../network/random-source.js';
import type { Tf } from '../network/tf.js';
import type { Augment } from '../sweep/spec.js';
import { lossAndGradients } from './loss-and-gradients.js';
import { type Objective, PLAIN_OBJECTIVE } from './objectives/index.js';
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
 * One optimizer step on a batch, operation by operation: loss, gradients, update. After every step what is pruned is zero.
 * @param masks - float32 0/1 tensors by weight name
 * @param step - optimizer steps taken before
 * @param encodings - the form that weights are trained in
 * @returns the loss of the batch before the update; NaN or infinite where training diverged
 */
export function trainStep(
  tf: Tf,
  network: Network,
  optimizer: Optimizer,
  slots: Slots,
  masks: ReadonlyMap<string, Tensor>,
  batch: readonly Tensor[],
  seed: StepSeed,
  step: number,
  objective: Objective = PLAIN_OBJECTIVE,
  augment?: Augment,
  encodings?: CompressedModel['encodings'],
): number {
  return tf.tidy(() => {
    const seeds = tf.tensor1d([...seed], 'int32');
    const { loss, gradients } = lossAndGradients(tf, network, batch, seeds, masks, objective, augment, encodings);
    const numbers = optimizer.numbers(step);
    network.trainable.forEach((name, i) => {
      const variable = network.variables.get(name) as Variable;
      const own = slots.get(name) ?? [];
      const update = optimizer.update(variable, gradients[i] as Tensor, own, numbers);
      variable.assign(update.weights);
      own.forEach((slot, k) => {
        slot.assign(update.slots[k] as Tensor);
      });
    });
    return loss.dataSync()[0] as number;
  });
}

/** Frees the slots. */
export function disposeSlots(slots: Slots): void {
  for (const own of slots.values()) for (const slot of own) slot.dispose();
}
