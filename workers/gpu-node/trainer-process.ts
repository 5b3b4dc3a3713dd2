import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { credentials } from '@grpc/grpc-js';
import type { TrainerOutcome } from '../../activities/index.js';
import type { ErrorData } from '../../core/errors.js';
import type { Stage, StageProgress } from '../../core/sweep/stage.js';
import type { RunStageResponse__Output } from '../../proto/generated/prunefront/v1/RunStageResponse.js';
import { TrainerClient } from '../../proto/load.js';

type Client = InstanceType<typeof TrainerClient>;

/** How a node starts a trainer. */
export interface TrainerSettings {
  readonly socket: string;
  readonly store: string;
  readonly ranOn: string;
  /** `CUDA_VISIBLE_DEVICES` of the trainer; null on a machine without a GPU. */
  readonly gpu: string | null;
  readonly checkpointEveryMs: number;
  /** Milliseconds without a word in the middle of a stage after which a trainer counts as hung. */
  readonly silenceMs: number;
  /** Resident bytes above which a trainer is replaced after its stage. */
  readonly memoryLimit: number;
}

const MAIN = fileURLToPath(new URL('../trainer/main.js', import.meta.url));
const START_TIMEOUT_MS = 60_000;

/** One trainer process: started when first needed, checked with the health protocol, replaced when it dies, hangs, or has grown. */
export class TrainerProcess {
  private running: { readonly child: ChildProcess; readonly client: Client; readonly exited: Promise<string> } | null = null;
  private closed = false;

  constructor(private readonly settings: TrainerSettings) {}

  /** Process id of the running trainer, or null. */
  get pid(): number | null {
    return this.running?.child.pid ?? null;
  }

  /** Starts the process and waits until it serves. */
  async start(): Promise<void> {
    if (this.running !== null || this.closed) return;
    const { socket, store, ranOn, gpu, checkpointEveryMs } = this.settings;
    await rm(socket, { force: true });
    const threads = { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1', OMP_NUM_THREADS: '1' };
    const child = spawn(
      process.execPath,
      ['--max-old-space-size=512', MAIN, '--socket', socket, '--store', store, '--ran-on', ranOn, '--checkpoint-every', String(checkpointEveryMs)],
      {
        stdio: ['pipe', 'inherit', 'inherit'],
        env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', MALLOC_ARENA_MAX: '2', ...(gpu === null ? { ...threads, CUDA_VISIBLE_DEVICES: '-1' } : { CUDA_VISIBLE_DEVICES: gpu }) },
      },
    );
    child.stdin?.on('error', () => undefined);
    const exited = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      child.once('error', (error) => resolve(error.message));
    });
    const client = new TrainerClient(`unix:${socket}`, credentials.createInsecure(), { 'grpc.enable_retries': 0 });
    const running = { child, client, exited };
    this.running = running;
    void exited.then(() => {
      if (this.running === running) this.running = null;
      client.close();
    });
    const ready = new Promise<string | null>((resolve) => {
      client.waitForReady(Date.now() + START_TIMEOUT_MS, (error) => resolve(error?.message ?? null));
    });
    const failure = await Promise.race([ready, exited]);
    if (failure === null) return;
    child.kill('SIGKILL');
    throw new Error(`the trainer did not start: ${failure}`);
  }

  /** Streams a stage to its end. */
  async run(stage: Stage, checkpoint: string | null, onProgress: (progress: StageProgress) => void, signal: AbortSignal): Promise<TrainerOutcome> {
    try {
      await this.start();
    } catch (error) {
      return { kind: 'lost', reason: String(error) };
    }
    const { running } = this;
    if (running === null) return { kind: 'lost', reason: 'the trainer was closed' };
    const outcome = await this.stream(running, stage, checkpoint, onProgress, signal);
    if (outcome.kind !== 'lost') await this.recycle();
    return outcome;
  }

  /** Kills the process and waits for its end. */
  async stop(): Promise<void> {
    this.closed = true;
    await this.kill();
    await rm(this.settings.socket, { force: true });
  }

  private stream(
    running: NonNullable<TrainerProcess['running']>,
    stage: Stage,
    checkpoint: string | null,
    onProgress: (progress: StageProgress) => void,
    signal: AbortSignal,
  ): Promise<TrainerOutcome> {
    return new Promise((resolve) => {
      const call = running.client.RunStage({ stageJson: JSON.stringify(stage), checkpoint: checkpoint ?? '' });
      let result: TrainerOutcome | null = null;
      let watchdog: NodeJS.Timeout | undefined;
      const abort = (): void => call.cancel();
      const end = (outcome: TrainerOutcome): void => {
        clearTimeout(watchdog);
        signal.removeEventListener('abort', abort);
        resolve(outcome);
      };
      const hear = (): void => {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => {
          // A stopped process takes no signal but this one.
          running.child.kill('SIGKILL');
          call.cancel();
          end({ kind: 'lost', reason: `no word for ${this.settings.silenceMs} ms` });
        }, this.settings.silenceMs);
      };
      hear();
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      call.on('data', (message: RunStageResponse__Output) => {
        hear();
        if (message.progressJson !== undefined) onProgress(JSON.parse(message.progressJson) as StageProgress);
        else if (message.finishedStageKey !== undefined) result = { kind: 'finished' };
        else if (message.failedJson !== undefined) result = { kind: 'failed', error: JSON.parse(message.failedJson) as ErrorData };
      });
      call.on('error', (error) => end(result ?? { kind: 'lost', reason: error.message }));
      call.on('end', () => {
        if (result !== null) end(result);
      });
    });
  }

  /** Replaces a process whose memory has grown. */
  private async recycle(): Promise<void> {
    const { running } = this;
    if (running === null) return;
    const bytes = await new Promise<number>((resolve) => {
      running.client.Describe({}, { deadline: Date.now() + 5000 }, (error, answer) => resolve(error === null ? Number(answer?.residentBytes ?? 0) : 0));
    });
    if (bytes > this.settings.memoryLimit) await this.kill();
  }

  private async kill(): Promise<void> {
    const { running } = this;
    if (running === null) return;
    running.child.kill('SIGKILL');
    await running.exited;
  }
}
