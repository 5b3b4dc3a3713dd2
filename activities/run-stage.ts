import { CancelledFailure, Context } from '@temporalio/activity';
import type { ErrorData } from '../core/errors.js';
import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { StageActivities } from '../core/sweep/activities.js';
import { type StageResult, summarize } from '../core/sweep/observation.js';
import type { RunStageInput, StageHeartbeat } from '../core/sweep/progress.js';
import type { StageProgress } from '../core/sweep/stage.js';
import { failureOf, STORE_ATTEMPTS } from './typed-failures.js';

/** How a stage ended on a trainer. */
export type TrainerOutcome =
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly error: ErrorData }
  /** The process died, hung or was taken away; nothing is known of the candidate. */
  | { readonly kind: 'lost'; readonly reason: string };

/** One place to run a stage, leased. */
export interface SlotLease {
  readonly slot: number;
  /** Streams a stage through the slot's trainer to its end. */
  run(stage: RunStageInput['stage'], checkpoint: string | null, onProgress: (progress: StageProgress) => void, signal: AbortSignal): Promise<TrainerOutcome>;
  release(): void;
}

/** The slots of a node. */
export interface SlotPool {
  /** The next free slot; waits for one. */
  lease(signal: AbortSignal): Promise<SlotLease>;
}

/** Deaths of the trainer without a new checkpoint between them after which the candidate is at fault. */
const DEATHS_ALLOWED = 3;

/** Milliseconds between two heartbeats while the trainer says nothing new but is fresh. */
const HEARTBEAT_EVERY_MS = 1000;

/** Runs a stage on a slot of this node, with heartbeats while its trainer makes progress, from the newest checkpoint there is. */
export function createRunStage(options: { readonly store: ArtifactStore; readonly slots: SlotPool; readonly node: string }): StageActivities['runStage'] {
  const { store, slots, node } = options;
  return async ({ candidate, label, stage }) => {
    const context = Context.current();
    const before = context.info.heartbeatDetails as StageHeartbeat | undefined;
    const finished = async (reused: boolean): Promise<StageResult | null> => {
      const record = await store.getRecord(stage.key);
      return record === null ? null : { stageKey: stage.key, summary: summarize(record.observation), reused };
    };
    const known = await finished(true);
    if (known !== null) return known;

    let heartbeat: StageHeartbeat = {
      ...{ stageKey: stage.key, candidate, label, node, slot: -1, phase: 'queued', epoch: 0, epochs: 0, step: 0, steps: 0 },
      ...{ loss: null, imagesPerSecond: null, sparsity: 0, checkpoint: before?.checkpoint ?? null, trainerDeaths: before?.trainerDeaths ?? 0 },
    };
    context.heartbeat(heartbeat);
    const waiting = setInterval(() => context.heartbeat(heartbeat), HEARTBEAT_EVERY_MS);
    const lease = await slots.lease(context.cancellationSignal).finally(() => clearInterval(waiting));
    try {
      for (;;) {
        const checkpoint = await newestCheckpoint(store, stage.key, heartbeat.checkpoint);
        const outcome = await lease.run(
          stage,
          checkpoint,
          (progress) => {
            const advanced = progress.checkpoint !== null && progress.checkpoint !== heartbeat.checkpoint;
            heartbeat = { ...heartbeat, ...progress, slot: lease.slot, trainerDeaths: advanced ? 0 : heartbeat.trainerDeaths };
            context.heartbeat(heartbeat);
          },
          context.cancellationSignal,
        );
        if (context.cancellationSignal.aborted) throw new CancelledFailure('the stage was cancelled');
        if (outcome.kind === 'finished') {
          const result = await finished(false);
          if (result !== null) return result;
          throw failureOf({ code: 'PRUNEFRONT_ARTIFACT_CORRUPT', message: 'The finished stage’s record was damaged at once' }, false);
        }
        if (outcome.kind === 'failed') {
          const { code } = outcome.error;
          const attemptsAllowed = code.startsWith('PRUNEFRONT_STORE_') ? STORE_ATTEMPTS : code === 'PRUNEFRONT_INTERNAL' ? DEATHS_ALLOWED : 1;
          throw failureOf(outcome.error, context.info.attempt >= attemptsAllowed);
        }
        heartbeat = { ...heartbeat, trainerDeaths: heartbeat.trainerDeaths + 1 };
        context.heartbeat(heartbeat);
        if (heartbeat.trainerDeaths < DEATHS_ALLOWED) continue;
        throw failureOf({ code: 'PRUNEFRONT_TRAINER_LOST', message: `The trainer died ${DEATHS_ALLOWED} times in this stage without progress`, found: outcome.reason }, true);
      }
    } finally {
      lease.release();
    }
  };
}

/** The store's reference is the newest; the heartbeat's serves where another node's store reference did not arrive. */
async function newestCheckpoint(store: ArtifactStore, stageKey: string, fromHeartbeat: string | null): Promise<string | null> {
  const fromStore = await store.getCheckpoint(stageKey);
  if (fromStore !== null && (await store.hasBlob(fromStore))) return fromStore;
  return fromHeartbeat !== null && (await store.hasBlob(fromHeartbeat)) ? fromHeartbeat : null;
}
