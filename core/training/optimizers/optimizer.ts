import type { Tensor } from '@tensorflow/tfjs';

/** One variable's share of an update: its new value and its new slots, in the order of `slotNames`. */
export interface Update {
  readonly weights: Tensor;
  readonly slots: readonly Tensor[];
}

/**
 * An optimizer as a pure function of weights, gradient, slots and step. Slots have the shape of the weights and start at zero,
 * so that a checkpoint is plain tensors and surgery slices them like weights. Where weights, slots and gradient are zero, they stay so.
 */
export interface Optimizer {
  readonly slotNames: readonly string[];
  /**
   * What changes from step to step, computed in double precision: the learning rate with its corrections.
   * @param step - optimizer steps taken before this one
   */
  numbers(step: number): readonly number[];
  /** @param numbers - those of the step */
  update(weights: Tensor, gradient: Tensor, slots: readonly Tensor[], numbers: readonly number[]): Update;
}
