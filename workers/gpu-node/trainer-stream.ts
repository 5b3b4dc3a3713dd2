import type { TrainerOutcome } from '../../activities/index.js';
import type { ErrorData } from '../../core/errors.js';
import type { StageProgress } from '../../core/sweep/stage.js';
import type { RunStageRequest } from '../../proto/generated/prunefront/v1/RunStageRequest.js';
import type { RunStageResponse__Output } from '../../proto/generated/prunefront/v1/RunStageResponse.js';
import type { TrainerClient } from '../../proto/load.js';

type Client = InstanceType<typeof TrainerClient>;

const DESCRIBE_TIMEOUT_MS = 5000;

type Lost = Extract<TrainerOutcome, { kind: 'lost' }>;

/** How a stage ended on its stream; one that is lost says whether it was for silence. */
export type StreamOutcome = Exclude<TrainerOutcome, Lost> | (Lost & { readonly isSilent: boolean });

/**
 * Streams a stage through a trainer to its end. A trainer that dies, or says nothing for `silenceMs`, is lost; so is one whose stage is
 * taken back by the signal.
 */
export function streamStage(
  client: Client,
  request: RunStageRequest,
  silenceMs: number,
  onProgress: (progress: StageProgress) => void,
  signal: AbortSignal,
): Promise<StreamOutcome> {
  return new Promise((resolve) => {
    const call = client.RunStage(request);
    let result: StreamOutcome = lost('the stream ended without a result');
    let watchdog: NodeJS.Timeout | undefined;
    const end = (outcome: StreamOutcome): void => {
      clearTimeout(watchdog);
      signal.removeEventListener('abort', abort);
      call.cancel();
      resolve(outcome);
    };
    const abort = (): void => end(lost('the stage was taken back'));
    const awaitWord = (): void => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => end(lost(`no word for ${silenceMs / 1000} s`, true)), silenceMs);
    };
    call.on('data', ({ progressJson, finishedStageKey, failedJson, handedOver }: RunStageResponse__Output) => {
      awaitWord();
      if (progressJson !== undefined) onProgress(JSON.parse(progressJson) as StageProgress);
      else if (finishedStageKey !== undefined) result = { kind: 'finished' };
      else if (handedOver !== undefined)
        result = { kind: 'handedOver', checkpoint: handedOver === '' ? null : handedOver };
      else if (failedJson !== undefined) result = { kind: 'failed', error: JSON.parse(failedJson) as ErrorData };
    });
    call.on('error', (error) => end(result.kind === 'lost' ? lost(error.message) : result));
    call.on('end', () => {
      // Without a result the error that ended the stream follows.
      if (result.kind !== 'lost') end(result);
    });
    awaitWord();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}

function lost(reason: string, isSilent = false): StreamOutcome {
  return { kind: 'lost', reason, isSilent };
}

/** Asks a trainer to stop its stage where it is. One that hangs does not hear it. */
export function askToHandOver(client: Client): Promise<void> {
  return new Promise((resolve) => {
    client.HandOver({}, { deadline: Date.now() + DESCRIBE_TIMEOUT_MS }, () => resolve());
  });
}

/** What a trainer holds. */
export interface TrainerMemory {
  readonly residentBytes: number;
  /** Compiled programs. */
  readonly programs: number;
  readonly programBytes: number;
  /** Bytes of prepared data sets. */
  readonly dataBytes: number;
}

/** What is known of a trainer that says nothing. */
export const NO_MEMORY: TrainerMemory = { residentBytes: 0, programs: 0, programBytes: 0, dataBytes: 0 };

/** What a trainer holds; nothing where it does not say. */
export function trainerMemory(client: Client): Promise<TrainerMemory> {
  return new Promise((resolve) => {
    client.Describe({}, { deadline: Date.now() + DESCRIBE_TIMEOUT_MS }, (error, answer) => {
      if (error !== null || answer === undefined) return resolve(NO_MEMORY);
      const { residentBytes, programs, programBytes, dataBytes } = answer;
      resolve({
        residentBytes: Number(residentBytes),
        programs: Number(programs),
        programBytes: Number(programBytes),
        dataBytes: Number(dataBytes),
      });
    });
  });
}
