import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type ClientReadableStream, credentials, Metadata } from '@grpc/grpc-js';
import type { ErrorData } from '../../core/errors.js';
import type { Stage, StageProgress } from '../../core/sweep/stage.js';
import type { DescribeResponse__Output } from '../../proto/generated/prunefront/v1/DescribeResponse.js';
import type { RunStageResponse__Output } from '../../proto/generated/prunefront/v1/RunStageResponse.js';
import { TrainerClient } from '../../proto/load.js';
import { projectRoot } from '../../tools/paths.mjs';

const MAIN = join(projectRoot(), 'dist', 'workers', 'trainer', 'main.js');

/** Everything that a trainer said of a stage. */
export interface StageEvents {
  readonly progress: readonly StageProgress[];
  readonly finished: string | null;
  readonly failed: ErrorData | null;
  /** Blob key of the checkpoint that it goes on from, empty where it had not begun; null where it was not handed over. */
  readonly handedOver: string | null;
}

/** A real trainer process on a socket in the folder, with the folder's store. */
export class TestTrainer {
  private readonly client: InstanceType<typeof TrainerClient>;

  private constructor(
    readonly socket: string,
    readonly child: ChildProcess,
  ) {
    this.client = new TrainerClient(this.address, credentials.createInsecure(), {
      'grpc.initial_reconnect_backoff_ms': 50,
      'grpc.max_reconnect_backoff_ms': 100,
    });
  }

  /** Starts one and waits until it answers. */
  static async start(
    folder: string,
    checkpointEveryMs = 60_000,
    options: readonly string[] = [],
  ): Promise<TestTrainer> {
    const socket = join(folder, 'trainer', '0.sock');
    const args = [MAIN, '--socket', socket, '--store', join(folder, 'store'), '--ran-on', 'test-node/3'];
    const child = spawn(process.execPath, [...args, '--checkpoint-every', String(checkpointEveryMs), ...options], {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' },
    });
    const trainer = new TestTrainer(socket, child);
    await trainer.describe();
    return trainer;
  }

  get address(): string {
    return `unix:${this.socket}`;
  }

  /** What it says of itself; waits for it where it is still starting. */
  describe(): Promise<DescribeResponse__Output> {
    return new Promise((resolve, reject) => {
      this.client.Describe({}, new Metadata({ waitForReady: true }), (error, answer) => {
        if (error !== null || answer === undefined) reject(error ?? new Error('no answer'));
        else resolve(answer);
      });
    });
  }

  /** The open stream of a stage. */
  stream(stage: Stage, checkpoint: string | null = null): ClientReadableStream<RunStageResponse__Output> {
    return this.client.RunStage({ stageJson: JSON.stringify(stage), checkpoint: checkpoint ?? '' });
  }

  /** Runs a stage to its end. */
  async run(stage: Stage, checkpoint: string | null = null): Promise<StageEvents> {
    return eventsOf(this.stream(stage, checkpoint));
  }

  /** Asks its stages to stop where they are. */
  handOver(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.client.HandOver({}, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  /** Ends its standard input, which ends it; resolves to its exit code. */
  async end(): Promise<number | null> {
    this.client.close();
    if (this.child.exitCode !== null) return this.child.exitCode;
    const exited = once(this.child, 'exit');
    this.child.stdin?.end();
    const [code] = (await exited) as [number | null];
    return code;
  }
}

/** All events of a stage's stream. */
export async function eventsOf(stream: AsyncIterable<RunStageResponse__Output>): Promise<StageEvents> {
  const progress: StageProgress[] = [];
  let finished: string | null = null;
  let failed: ErrorData | null = null;
  let handedOver: string | null = null;
  for await (const event of stream) {
    const { progressJson, finishedStageKey, failedJson } = event;
    if (progressJson !== undefined) progress.push(JSON.parse(progressJson) as StageProgress);
    if (finishedStageKey !== undefined) finished = finishedStageKey;
    if (failedJson !== undefined) failed = JSON.parse(failedJson) as ErrorData;
    if (event.handedOver !== undefined) handedOver = event.handedOver;
  }
  return { progress, finished, failed, handedOver };
}
