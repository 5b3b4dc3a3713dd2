import type { Tensor } from '@tensorflow/tfjs';
import type { ByWeight } from '../../pruning/criteria/index.js';
import type { Optimizer } from './optimizer.js';

/** Name of the slot, which is the last one. */
export const MOVEMENT_SLOT = 'movement';

/**
 * An optimizer with one more slot, which adds up movement: −g·w of every step, w being the weight before it (Sanh et al. 2020). As a slot
 * it goes along with checkpoints, masks and surgery. The gradient is the one that the optimizer gets: masked, so that what is pruned moves no
 * more, and clipped where the objective says so.
 */
export function withMovement(optimizer: Optimizer): Optimizer {
  return {
    slotNames: [...optimizer.slotNames, MOVEMENT_SLOT],
    numbers: (step) => optimizer.numbers(step),
    update(weights, gradient, slots, numbers) {
      const movement = slots.at(-1) as Tensor;
      const update = optimizer.update(weights, gradient, slots.slice(0, -1), numbers);
      return { weights: update.weights, slots: [...update.slots, movement.sub(gradient.mul(weights))] };
    },
  };
}

/** What the slots of such an optimizer have added up, by weight. */
export function movementOf(slots: ReadonlyMap<string, readonly Float32Array[]>): ByWeight {
  return new Map([...slots].map(([name, own]) => [name, own.at(-1) ?? new Float32Array()]));
}
