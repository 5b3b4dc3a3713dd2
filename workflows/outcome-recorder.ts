import { CancellationScope } from '@temporalio/workflow';
import type { EndedCandidate } from '../core/sweep/activities.js';
import { orchestrator } from './proxies.js';

/** Outcomes in one activity; keeps its input small. */
const BATCH = 50;

/** Keeps outcomes in the store: those that come while others are being written go together, so that a history grows by batches. */
export class OutcomeRecorder {
  private readonly waiting: EndedCandidate[] = [];
  private lastWrite: Promise<void> = Promise.resolve();

  constructor(private readonly sweepId: string) {}

  /** Resolves once the outcome is kept. What has finished is kept also where the sweep is cancelled meanwhile. */
  record(ended: EndedCandidate): Promise<void> {
    this.waiting.push(ended);
    this.lastWrite = this.writeAfter(this.lastWrite, ended);
    return this.lastWrite;
  }

  private async writeAfter(before: Promise<void>, ended: EndedCandidate): Promise<void> {
    await before;
    if (!this.waiting.includes(ended)) return;
    const candidates = this.waiting.splice(0, BATCH);
    const { sweepId } = this;
    await CancellationScope.nonCancellable(() => orchestrator.recordOutcomes({ sweepId, candidates }));
  }
}
