import type { Latency, Score } from '../../sweep/observation.js';

/** Optimizer slots by weight name, each in the order of `Optimizer.slotNames`. */
export type SlotValues = ReadonlyMap<string, readonly Float32Array[]>;

/** How an engine keeps its data. */
export type DataKept = 'resident' | 'streamed';

/** What trains and judges a network: the weights, slots and masks that it works on are its own. */
export interface Engine {
  /** Why it is not compiled; null where it is. */
  readonly eagerBecause: string | null;
  /** Whether the data lie where it computes, or are brought there batch by batch. */
  readonly dataKept: DataKept;
  /** Steps that one call of `train` should take, so that it lasts as long as asked for. */
  readonly stepsPerCall: number;
  /**
   * Takes optimizer steps, one for each batch of example indices.
   * @param step - steps taken before
   * @param upcoming - batches that are likely to be next: they may be made ready meanwhile
   * @returns the loss of each batch before its update
   */
  train(batches: readonly Int32Array[], seed: number, step: number, upcoming?: readonly Int32Array[]): number[];
  /** The task's metrics and the mean loss on the examples at `indices`. */
  score(indices: Int32Array): Score;
  /** Time of a forward pass with its result read back, after warm-up. */
  latency(batchSize: number, runs: number): Latency;
  readWeights(): Map<string, Float32Array>;
  writeWeights(weights: ReadonlyMap<string, Float32Array>): void;
  readSlots(): Map<string, Float32Array[]>;
  /** Those of weights that are not named become zero. */
  writeSlots(slots: SlotValues): void;
  /** Puts masks (0/1) on weights and slots; those of weights that are not named become one. */
  mask(masks: ReadonlyMap<string, Uint8Array>): void;
  /** Frees what is its own. */
  dispose(): void;
}
