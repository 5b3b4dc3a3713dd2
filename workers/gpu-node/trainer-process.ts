import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { credentials } from '@grpc/grpc-js';
import type { TrainerOutcome } from '../../activities/index.js';
import type { Stage, StageProgress } from '../../core/sweep/stage.js';
import { TrainerClient } from '../../proto/load.js';
import { lastWords } from './last-words.js';
import { trainerEnvironment } from './trainer-environment.js';
import { isServing } from './trainer-health.js';
import { askToHandOver, NO_MEMORY, streamStage, type TrainerMemory, trainerMemory } from './trainer-stream.js';

/** Why a trainer is started again. */
export type RestartReason = (typeof RESTART_REASONS)[number];
/** All of them. */
export const RESTART_REASONS = ['died', 'hung', 'grown'] as const;

/** How a node starts a trainer. */
export interface TrainerSettings {
  readonly socket: string;
  readonly store: string;
  readonly ranOn: string;
  /** `CUDA_VISIBLE_DEVICES` of the trainer; null on a machine without a GPU. */
  readonly gpu: string | null;
  /** CPU threads that it computes with; null leaves it to TensorFlow. */
  readonly threads: number | null;
  readonly checkpointEveryMs: number;
  /** Milliseconds without a word in the middle of a stage after which a trainer counts as hung. */
  readonly silenceMs: number;
  /** Hears why a trainer is started again. */
  readonly onRestart?: (reason: RestartReason) => void;
  /** Resident bytes above which a trainer is replaced after its stage. */
  readonly memoryLimit: number;
  /** Bytes of data that it holds resident; larger data are streamed. All are held without it. */
  readonly residentLimit?: number;
  /** Megabytes of compiled programs that a trainer keeps; its own default where it is left out. */
  readonly programMemory?: number;
  /** Folder that it writes a trace of what it does to; none where it is left out. */
  readonly profile?: string | undefined;
  /** Files of plugins, separated by commas. */
  readonly plugins?: string | undefined;
  /** Whether `precision: auto` is bfloat16. */
  readonly prefersBfloat16?: boolean;
}

interface Running {
  readonly child: ChildProcess;
  readonly client: InstanceType<typeof TrainerClient>;
  /** How it ended, with its last words. */
  readonly exited: Promise<string>;
}

const MAIN = fileURLToPath(new URL('../trainer/main.js', import.meta.url));
const START_TIMEOUT_MS = 60_000;
/** An idle trainer answers at once; one that takes this long hangs. */
const HEALTH_TIMEOUT_MS = 5000;
/** Characters of a trainer's standard error that are kept, to say why it ended; TensorFlow's banner is among them. */
const KEPT_ERROR = 4000;
const SILENCE_HINT =
  'where a stage takes longer than this between two words, give the worker a larger --trainer-silence, in milliseconds';
const CHANNEL = {
  'grpc.enable_retries': 0,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 500,
};

/** One trainer process: started when first needed, checked with the health protocol, replaced when it dies, hangs, or has grown. */
export class TrainerProcess {
  private running: Running | null = null;
  private starting: Promise<void> | null = null;
  private closed = false;
  private endedBy: RestartReason | null = null;
  private launches = 0;

  constructor(private readonly settings: TrainerSettings) {}

  /** Process id of the running trainer, or null. */
  get pid(): number | null {
    return this.running?.child.pid ?? null;
  }

  /**
   * Waits until the trainer serves; starts one where none runs or the one that runs hangs.
   * @throws where none can be started
   */
  ready(): Promise<void> {
    this.starting ??= this.makeReady().finally(() => {
      this.starting = null;
    });
    return this.starting;
  }

  /** Streams a stage to its end; a trainer that is lost on the way is gone when this returns. */
  async run(
    stage: Stage,
    checkpoint: string | null,
    onProgress: (progress: StageProgress) => void,
    signal: AbortSignal,
  ): Promise<TrainerOutcome> {
    const { running } = this;
    if (running === null) return { kind: 'lost', reason: 'the trainer has ended' };
    const request = { stageJson: JSON.stringify(stage), checkpoint: checkpoint ?? '' };
    const outcome = await streamStage(running.client, request, this.settings.silenceMs, onProgress, signal);
    if (outcome.kind !== 'lost') {
      await this.replaceGrown(running);
      return outcome;
    }
    const { kind, reason, isSilent } = outcome;
    if (signal.aborted) return { kind, reason };
    const ended = await this.kill(running, isSilent ? 'hung' : 'died');
    return { kind, reason: `${reason}; ${ended}`, ...(isSilent ? { hint: SILENCE_HINT } : {}) };
  }

  /** Times that it was started again. */
  get restarts(): number {
    return Math.max(0, this.launches - 1);
  }

  /** Whether one is being started. */
  get isStarting(): boolean {
    return this.starting !== null;
  }

  /** What it holds; nothing where none runs or it does not say. */
  async memory(): Promise<TrainerMemory> {
    return this.running === null ? NO_MEMORY : trainerMemory(this.running.client);
  }

  /** Asks the stage that runs to stop where it is; its stream says when. */
  async handOver(): Promise<void> {
    if (this.running !== null) await askToHandOver(this.running.client);
  }

  /** Ends the process while nothing is wanted of it: its memory is free until it is started anew. */
  async rest(): Promise<void> {
    if (this.running !== null) await this.kill(this.running, null);
    this.launches = 0;
  }

  /** Kills the process without waiting, as this one is ending at once; one that hangs would not notice. */
  abandon(): void {
    this.running?.child.kill('SIGKILL');
    rmSync(this.settings.socket, { force: true });
  }

  /** Kills the process and waits for its end. */
  async stop(): Promise<void> {
    this.closed = true;
    if (this.running !== null) await this.kill(this.running, null);
    rmSync(this.settings.socket, { force: true });
  }

  private async makeReady(): Promise<void> {
    if (this.running !== null) {
      if (await isServing(this.running.client, HEALTH_TIMEOUT_MS)) return;
      if (this.running !== null) await this.kill(this.running, 'hung');
    }
    if (this.closed) throw new Error('the node is shutting down');
    const running = this.launch();
    const failure = await Promise.race([
      running.exited,
      isServing(running.client, START_TIMEOUT_MS).then((serving) => (serving ? null : 'it does not serve')),
    ]);
    if (failure === null) return;
    await this.kill(running, 'died');
    throw new Error(`the trainer did not start: ${failure}`);
  }

  private launch(): Running {
    const { socket } = this.settings;
    rmSync(socket, { force: true });
    this.launches += 1;
    if (this.launches > 1) this.settings.onRestart?.(this.endedBy ?? 'died');
    this.endedBy = null;
    const args = ['--max-old-space-size=512', MAIN, ...this.options()];
    const child = spawn(process.execPath, args, {
      // The trainer ends when its standard input does, so that none outlives this process.
      stdio: ['pipe', 'inherit', 'pipe'],
      env: { ...process.env, ...trainerEnvironment(this.settings.gpu, this.settings.threads) },
    });
    child.stdin?.on('error', () => undefined);
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      process.stderr.write(chunk);
      errors = `${errors}${chunk}`.slice(-KEPT_ERROR);
    });
    const exited = new Promise<string>((resolve) => {
      // Not `exit`, which may come before what it said last.
      child.once('close', (code, signal) => {
        const how = signal ?? `exit code ${code}`;
        const words = lastWords(errors);
        resolve(words === '' ? how : `${how}: ${words}`);
      });
      child.once('error', (error) => resolve(error.message));
    });
    const client = new TrainerClient(`unix:${socket}`, credentials.createInsecure(), CHANNEL);
    const running = { child, client, exited };
    this.running = running;
    void exited.then(() => {
      if (this.running === running) this.running = null;
      client.close();
    });
    return running;
  }

  private options(): string[] {
    const { socket, store, ranOn, checkpointEveryMs, residentLimit } = this.settings;
    const { programMemory, profile, plugins, prefersBfloat16 } = this.settings;
    return [
      ...['--socket', socket, '--store', store, '--ran-on', ranOn, '--checkpoint-every', String(checkpointEveryMs)],
      ...(residentLimit === undefined ? [] : ['--resident-bytes', String(residentLimit)]),
      ...(programMemory === undefined ? [] : ['--program-memory', String(programMemory)]),
      ...(profile === undefined ? [] : ['--profile', profile]),
      ...(plugins === undefined ? [] : ['--plugin', plugins]),
      ...(prefersBfloat16 === true ? ['--bfloat16'] : []),
    ];
  }

  private async replaceGrown(running: Running): Promise<void> {
    const { residentBytes } = await trainerMemory(running.client);
    if (residentBytes > this.settings.memoryLimit) await this.kill(running, 'grown');
  }

  /** A stopped process takes no signal but this one. Returns how it ended, which may have been before. */
  private kill({ child, exited }: Running, why: RestartReason | null): Promise<string> {
    // What has died by itself is past being killed.
    if (child.exitCode === null && child.signalCode === null) this.endedBy = why;
    child.kill('SIGKILL');
    return exited;
  }
}
