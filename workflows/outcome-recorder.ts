import { CancellationScope } from '@temporalio/workflow';
import type { EndedCandidate } from '../core/sweep/activities.js';
import { orchestrator } from './proxies.js';

/** Keeps outcomes in the store, a batch at a time. Those that still wait are in the workflow's history, so that nothing can lose them. */
export class OutcomeRecorder {
  private waiting: EndedCandidate[] = [];

  /** @param batch - outcomes in one activity: few events for many candidates, and an input that stays small */
  constructor(
    private readonly sweepId: string,
    private readonly batch: number,
  ) {}

  /** Takes an outcome; resolves at once, or when the batch that it made full is kept. */
  async add(ended: EndedCandidate): Promise<void> {
    this.waiting.push(ended);
    if (this.waiting.length >= this.batch) await this.flush();
  }

  /** Keeps what waits, also where the sweep is cancelled meanwhile. */
  async flush(): Promise<void> {
    const candidates = this.waiting;
    this.waiting = [];
    if (candidates.length === 0) return;
    const { sweepId } = this;
    await CancellationScope.nonCancellable(() => orchestrator.recordOutcomes({ sweepId, candidates }));
  }
}
