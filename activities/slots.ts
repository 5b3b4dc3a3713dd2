import type { ErrorData } from '../core/errors.js';
import type { Stage, StageProgress } from '../core/sweep/stage.js';

/** How a stage ended on a trainer. */
export type TrainerOutcome =
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly error: ErrorData }
  /** The node drains: the stage goes on elsewhere, from this checkpoint where it got as far as one. */
  | { readonly kind: 'handedOver'; readonly checkpoint: string | null }
  /** The process died, hung or was taken away; nothing is known of the candidate. The hint says what may keep it from happening again. */
  | { readonly kind: 'lost'; readonly reason: string; readonly hint?: string };

/** The node takes no stages any more, or for now. */
export class NodeDrains extends Error {
  override readonly name = 'NodeDrains';
}

/** One place to run a stage, leased. */
export interface SlotLease {
  readonly slot: number;
  /**
   * Waits until the slot's trainer serves; starts one where none does.
   * @throws where none can be started here
   */
  ready(): Promise<void>;
  /** Streams a stage through the slot's trainer to its end. */
  run(
    stage: Stage,
    checkpoint: string | null,
    onProgress: (progress: StageProgress) => void,
    signal: AbortSignal,
  ): Promise<TrainerOutcome>;
  release(): void;
}

/** The slots of a node. */
export interface SlotPool {
  /**
   * The next free slot; waits for one.
   * @throws NodeDrains where the node takes no stages
   */
  lease(signal: AbortSignal): Promise<SlotLease>;
}
