import type { EarlyStopRule } from '../sweep/recovery.js';
import type { BestEpoch, ModelState } from './stage-state.js';

/**
 * Ends a training that gets no better, as Keras' `EarlyStopping` with `restore_best_weights` does: an epoch is better where its loss is
 * less than that of the best one by more than `minDelta`; after `patience` others the training is over.
 */
export class EarlyStop {
  /** @param found - the best epoch of before, where a training goes on */
  constructor(
    private readonly rule: EarlyStopRule,
    private found: BestEpoch | null,
  ) {}

  /** The best epoch so far; null before the first one is judged. */
  get best(): BestEpoch | null {
    return this.found;
  }

  /** Whether the training has ended. */
  get isOver(): boolean {
    return this.found !== null && this.found.since >= this.rule.patience;
  }

  /**
   * Judges an epoch at its end.
   * @param state - the model as it is
   */
  judge(epoch: number, loss: number, state: () => ModelState): void {
    // What is not finite survives no JSON, and is worse than everything.
    const own = Number.isFinite(loss) ? loss : Number.MAX_VALUE;
    if (this.found !== null && !(own < this.found.loss - this.rule.minDelta)) {
      this.found = { ...this.found, since: this.found.since + 1 };
      return;
    }
    const { weights, masks } = state();
    this.found = { epoch, loss: own, since: 0, state: { weights, masks } };
  }
}
