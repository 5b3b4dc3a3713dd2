import { CancelledFailure, Context } from '@temporalio/activity';
import { type ErrorData, toErrorData } from '../core/errors.js';
import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { StageActivities } from '../core/sweep/activities.js';
import { type StageResult, summarize } from '../core/sweep/observation.js';
import type { RunStageInput, StageHeartbeat } from '../core/sweep/progress.js';
import type { StageProgress } from '../core/sweep/stage.js';
import type { SlotLease, SlotPool } from './slots.js';
import { failureOf, typedFailures } from './typed-failures.js';

/** Deaths of the trainer without a new checkpoint between them after which the candidate is at fault. */
const DEATHS_ALLOWED = 3;
/** Tries of a stage that meets a bug. */
const BUGS_ALLOWED = 3;
/** Tries on a store that is full or read-only; with the backoff of up to ten seconds this is about four minutes. */
const STORE_FAULTS_ALLOWED = 30;
/** Milliseconds between two heartbeats while a stage waits for its slot or its trainer's start. */
const HEARTBEAT_EVERY_MS = 1000;

/** What a retry gets from the one before: what people see, and failures so far that were not the candidate's. */
interface Details extends StageHeartbeat {
  readonly faults: number;
}

/** What the activity needs of its node. */
export interface RunStageOptions {
  readonly store: ArtifactStore;
  readonly slots: SlotPool;
  /** Name of the node, for people. */
  readonly node: string;
}

/**
 * Runs a stage on a slot of this node, with heartbeats while its trainer makes progress, from the newest checkpoint there is.
 * A stage that the store has already is not run again.
 */
export function createRunStage({ store, slots, node }: RunStageOptions): StageActivities['runStage'] {
  return (input) =>
    typedFailures(async () => {
      const known = await finishedStage(store, input.stage.key, true);
      if (known !== null) return known;
      const attempt = new StageAttempt(store, input, node);
      const lease = await attempt.waitFor(slots.lease(attempt.signal));
      try {
        return await attempt.on(lease);
      } finally {
        lease.release();
      }
    });
}

async function finishedStage(store: ArtifactStore, stageKey: string, reused: boolean): Promise<StageResult | null> {
  const record = await store.getRecord(stageKey);
  return record === null ? null : { stageKey, summary: summarize(record.observation), reused };
}

/** One attempt of Temporal's at a stage. */
class StageAttempt {
  private readonly context = Context.current();
  private details: Details;

  constructor(
    private readonly store: ArtifactStore,
    private readonly input: RunStageInput,
    node: string,
  ) {
    const before = this.context.info.heartbeatDetails as Details | undefined;
    const { candidate, label, stage } = input;
    this.details = {
      ...{ stageKey: stage.key, candidate, label, node, slot: -1, phase: 'queued' },
      ...{ epoch: 0, epochs: 0, step: 0, steps: 0, loss: null, imagesPerSecond: null, sparsity: 0 },
      checkpoint: before?.checkpoint ?? null,
      trainerDeaths: before?.trainerDeaths ?? 0,
      faults: before?.faults ?? 0,
    };
  }

  get signal(): AbortSignal {
    return this.context.cancellationSignal;
  }

  /** Waits with heartbeats for something that the node, not the trainer, makes progress on. */
  async waitFor<T>(work: Promise<T>): Promise<T> {
    const beat = setInterval(() => this.tell({}), HEARTBEAT_EVERY_MS);
    try {
      return await work;
    } finally {
      clearInterval(beat);
    }
  }

  /** Runs the stage on a slot; a trainer that is lost is replaced, and its successor goes on from the checkpoint. */
  async on(lease: SlotLease): Promise<StageResult> {
    const { stage } = this.input;
    for (;;) {
      await this.waitFor(lease.ready()).catch((error: unknown) => this.giveUpHere(error));
      const checkpoint = await this.newestCheckpoint();
      const outcome = await lease.run(stage, checkpoint, (progress) => this.hear(lease, progress), this.signal);
      if (this.signal.aborted) throw new CancelledFailure('the stage was taken back');
      if (outcome.kind === 'finished') {
        const result = await finishedStage(this.store, stage.key, false);
        if (result !== null) return result;
        throw this.failure({ code: 'PRUNEFRONT_INTERNAL', message: 'The record of the finished stage is not whole' });
      }
      if (outcome.kind === 'failed') throw this.failure(outcome.error);
      this.tell({ trainerDeaths: this.details.trainerDeaths + 1 });
      if (this.details.trainerDeaths < DEATHS_ALLOWED) continue;
      const message = `The trainer died ${DEATHS_ALLOWED} times in this stage without progress`;
      throw failureOf({ code: 'PRUNEFRONT_TRAINER_LOST', message, found: outcome.reason }, true);
    }
  }

  private tell(news: Partial<Details>): void {
    this.details = { ...this.details, ...news };
    this.context.heartbeat(this.details);
  }

  private hear({ slot }: SlotLease, progress: StageProgress): void {
    const advanced = progress.checkpoint !== null && progress.checkpoint !== this.details.checkpoint;
    // Before its first checkpoint a trainer says null; the one that a retry needs stays.
    const checkpoint = progress.checkpoint ?? this.details.checkpoint;
    this.tell({ ...progress, slot, checkpoint, ...(advanced ? { trainerDeaths: 0, faults: 0 } : {}) });
  }

  /** A node without a trainer says nothing about the candidate: another try may find another node, or a mended one. */
  private giveUpHere(error: unknown): never {
    if (this.signal.aborted) throw new CancelledFailure('the stage was taken back');
    const { message } = toErrorData(error);
    throw failureOf({ code: 'PRUNEFRONT_TRAINER_LOST', message: 'No trainer could be started', found: message }, false);
  }

  /** A failure that the trainer reported: final where it is the candidate's, tried again some times where it is not. */
  private failure(error: ErrorData): Error {
    const ofStore = error.code === 'PRUNEFRONT_STORE_FULL' || error.code === 'PRUNEFRONT_STORE_READ_ONLY';
    if (!ofStore && error.code !== 'PRUNEFRONT_INTERNAL') return failureOf(error, true);
    this.tell({ faults: this.details.faults + 1 });
    return failureOf(error, this.details.faults >= (ofStore ? STORE_FAULTS_ALLOWED : BUGS_ALLOWED));
  }

  /** The store's reference is the newest; the heartbeat's serves where that one is damaged or did not arrive. */
  private async newestCheckpoint(): Promise<string | null> {
    for (const key of [await this.store.getCheckpoint(this.input.stage.key), this.details.checkpoint]) {
      if (key !== null && (await this.store.hasBlob(key))) return key;
    }
    return null;
  }
}
