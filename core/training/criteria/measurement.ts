import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs';

/** A function of a batch, in TensorFlow operations alone: what criteria are made of. */
export interface Measurement {
  readonly name: string;
  /** Weights that it reads, by name. It may assign to them: they have their old values afterwards. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** What each output is, in their order: a weight, or a layer with a statistic. */
  readonly outputs: readonly string[];
  /**
   * @param batch - inputs [n, ...shape] as float32, labels [n] as int32
   * @param seed - int32 [2], the `StepSeed`
   * @returns means over the batch, which are averaged over batches, or a row for each example
   */
  run(batch: readonly Tensor[], seed: Tensor1D): readonly Tensor[];
  /** Frees what is its own. */
  dispose(): void;
}

/** Runs measurements on batches of a data set. */
export interface MeasurementRunner {
  /** Why it is not compiled; null where it is. */
  readonly eagerBecause: string | null;
  /** Makes ready for calls of these batch sizes with the weights as they are now. */
  prepare(measurement: Measurement, batchSizes: readonly number[]): void;
  /**
   * Outputs for the examples at `indices`, as many as one of the batch sizes that the measurement was last made ready for.
   * @param seed - int32 [2]
   */
  call(measurement: Measurement, indices: Int32Array, seed: Int32Array): readonly Float32Array[];
  /** Frees what is its own. */
  dispose(): void;
}
