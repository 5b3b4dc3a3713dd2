import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { type ErrorData, isErrorCode, toErrorData } from '../core/errors.js';
import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { StageActivities } from '../core/sweep/activities.js';
import { type StageResult, summarize } from '../core/sweep/observation.js';
import type { RunStageInput, StageHeartbeat } from '../core/sweep/progress.js';
import type { StageProgress } from '../core/sweep/stage.js';
import { NodeDrains, type SlotLease, type SlotPool } from './slots.js';
import type { StageEnd, StageObserver } from './stage-observer.js';
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
  readonly observer?: StageObserver;
}

const UNOBSERVED: StageObserver = {
  took: () => undefined,
  started: () => undefined,
  progressed: () => undefined,
  ended: () => undefined,
};

/**
 * Runs a stage on a slot of this node, with heartbeats while its trainer makes progress, from the newest checkpoint there is.
 * A stage that the store has already is not run again. On a node that drains it is handed over, at no cost to its candidate.
 */
export function createRunStage({
  store,
  slots,
  node,
  observer = UNOBSERVED,
}: RunStageOptions): StageActivities['runStage'] {
  return (input) =>
    typedFailures(async () => {
      const { currentAttemptScheduledTimestampMs: scheduledAt } = Context.current().info;
      observer.took(input, Math.max(0, Date.now() - scheduledAt));
      let slot: number | null = null;
      const ends = (end: Partial<StageEnd> & Pick<StageEnd, 'outcome'>): void =>
        observer.ended(input, slot, { cause: null, sparsity: null, engine: null, ...end });
      try {
        const known = await finishedStage(store, input.stage.key, true);
        if (known !== null) {
          ends({ outcome: 'reused' });
          return known.result;
        }
        const attempt = new StageAttempt(store, input, node, observer);
        const lease = await attempt.waitFor(slots.lease(attempt.signal));
        slot = lease.slot;
        try {
          const { result, engine } = await attempt.on(lease);
          ends({ outcome: 'done', sparsity: result.summary.reachedSparsity, engine });
          return result;
        } finally {
          lease.release();
        }
      } catch (error) {
        const failure = error instanceof NodeDrains ? handedOver() : error;
        ends(endOf(failure));
        throw failure;
      }
    });
}

/** What an error says of how the stage ended. */
function endOf(error: unknown): Pick<StageEnd, 'outcome' | 'cause'> {
  if (error instanceof CancelledFailure) return { outcome: 'cancelled', cause: null };
  const type = error instanceof ApplicationFailure ? (error.type ?? '') : toErrorData(error).code;
  if (type === 'PRUNEFRONT_HANDED_OVER') return { outcome: 'handed_over', cause: null };
  return { outcome: 'failed', cause: isErrorCode(type) ? type : 'PRUNEFRONT_INTERNAL' };
}

/** Another node takes the stage at once: this one asks for none. */
function handedOver(): ApplicationFailure {
  const data: ErrorData = { code: 'PRUNEFRONT_HANDED_OVER', message: 'The node drains; another one goes on' };
  return ApplicationFailure.create({
    message: data.message,
    type: data.code,
    details: [data],
    nextRetryDelay: '100ms',
  });
}

/** A stage with a whole record. */
interface FinishedStage extends Pick<StageEnd, 'engine'> {
  readonly result: StageResult;
}

async function finishedStage(store: ArtifactStore, stageKey: string, reused: boolean): Promise<FinishedStage | null> {
  const record = await store.getRecord(stageKey);
  if (record === null) return null;
  const { observation } = record;
  return { result: { stageKey, summary: summarize(observation), reused }, engine: observation.engine?.kind ?? null };
}

/** One attempt of Temporal's at a stage. */
class StageAttempt {
  private readonly context = Context.current();
  private details: Details;

  constructor(
    private readonly store: ArtifactStore,
    private readonly input: RunStageInput,
    node: string,
    private readonly observer: StageObserver,
  ) {
    const before = this.context.info.heartbeatDetails as Details | undefined;
    const { candidate, label, stage } = input;
    this.details = {
      ...{ stageKey: stage.key, candidate, label, node, slot: -1, phase: 'queued' },
      ...{ epoch: 0, epochs: 0, step: 0, steps: 0, loss: null, images: 0, imagesPerSecond: null, sparsity: 0 },
      checkpoint: before?.checkpoint ?? null,
      trainerDeaths: before?.trainerDeaths ?? 0,
      faults: before?.faults ?? 0,
    };
    // What the one before knew must not be lost where this one ends before its first word.
    this.tell({});
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
  async on(lease: SlotLease): Promise<FinishedStage> {
    const { stage } = this.input;
    for (;;) {
      await this.waitFor(lease.ready()).catch((error: unknown) => this.giveUpHere(error));
      const checkpoint = await this.newestCheckpoint();
      this.observer.started(this.input, lease.slot, checkpoint !== null);
      const outcome = await lease.run(stage, checkpoint, (progress) => this.hear(lease, progress), this.signal);
      if (this.signal.aborted) throw new CancelledFailure('the stage was taken back');
      if (outcome.kind === 'finished') {
        const finished = await finishedStage(this.store, stage.key, false);
        if (finished !== null) return finished;
        throw this.failure({ code: 'PRUNEFRONT_INTERNAL', message: 'The record of the finished stage is not whole' });
      }
      if (outcome.kind === 'failed') throw this.failure(outcome.error);
      if (outcome.kind === 'handedOver') {
        this.tell({ checkpoint: outcome.checkpoint ?? this.details.checkpoint });
        throw handedOver();
      }
      this.tell({ trainerDeaths: this.details.trainerDeaths + 1 });
      if (this.details.trainerDeaths < DEATHS_ALLOWED) continue;
      const message = `The trainer died or hung ${DEATHS_ALLOWED} times in this stage without progress`;
      const { reason: found, hint } = outcome;
      const facts = { found, ...(hint === undefined ? {} : { hint }) };
      throw failureOf({ code: 'PRUNEFRONT_TRAINER_LOST', message, ...facts }, true);
    }
  }

  private tell(news: Partial<Details>): void {
    this.details = { ...this.details, ...news };
    this.context.heartbeat(this.details);
  }

  private hear({ slot }: SlotLease, progress: StageProgress): void {
    this.observer.progressed(this.input, slot, progress);
    const advanced = progress.checkpoint !== null && progress.checkpoint !== this.details.checkpoint;
    // Before its first checkpoint a trainer says null; the one that a retry needs stays.
    const checkpoint = progress.checkpoint ?? this.details.checkpoint;
    this.tell({ ...progress, slot, checkpoint, ...(advanced ? { trainerDeaths: 0, faults: 0 } : {}) });
  }

  /** A node without a trainer says nothing about the candidate: another try may find another node, or a mended one. */
  private giveUpHere(error: unknown): never {
    if (this.signal.aborted) throw new CancelledFailure('the stage was taken back');
    if (error instanceof NodeDrains) throw error;
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
