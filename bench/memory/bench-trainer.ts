import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { credentials, Metadata } from '@grpc/grpc-js';
import type { Stage } from '../../core/sweep/stage.js';
import type { DescribeResponse__Output } from '../../proto/generated/prunefront/v1/DescribeResponse.js';
import type { RunStageResponse__Output } from '../../proto/generated/prunefront/v1/RunStageResponse.js';
import { TrainerClient } from '../../proto/load.js';
import { TRAINER_ENVIRONMENT } from '../metrics/trainer-environment.js';

const MAIN = fileURLToPath(new URL('../../workers/trainer/main.js', import.meta.url));

/** What can be set of the trainer. */
export interface BenchTrainerOptions {
  /** Megabytes. */
  readonly programMemory?: string | undefined;
  /** Folder of its trace. */
  readonly profile: string;
}

/** A real trainer process on the store of a folder, as a node starts it. */
export class BenchTrainer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: InstanceType<typeof TrainerClient>,
  ) {}

  /** Starts one and waits until it answers. */
  static async start(folder: string, { programMemory, profile }: BenchTrainerOptions): Promise<BenchTrainer> {
    const socket = join(folder, 'trainer.sock');
    const options = [
      ...(programMemory === undefined ? [] : ['--program-memory', programMemory]),
      ...['--profile', profile],
    ];
    const args = ['--max-old-space-size=512', MAIN, '--socket', socket, '--store', join(folder, 'store'), ...options];
    const child = spawn(process.execPath, args, {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { ...process.env, ...TRAINER_ENVIRONMENT },
    });
    const client = new TrainerClient(`unix:${socket}`, credentials.createInsecure());
    const trainer = new BenchTrainer(child, client);
    await trainer.describe();
    return trainer;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  describe(): Promise<DescribeResponse__Output> {
    return new Promise((resolve, reject) => {
      this.client.Describe({}, new Metadata({ waitForReady: true }), (error, answer) => {
        if (error !== null || answer === undefined) reject(error ?? new Error('no answer'));
        else resolve(answer);
      });
    });
  }

  /**
   * Runs a stage to its end.
   * @returns when it was asked for, in milliseconds since 1970
   */
  async run(stage: Stage): Promise<number> {
    const asked = performance.timeOrigin + performance.now();
    const events: AsyncIterable<RunStageResponse__Output> = this.client.RunStage({ stageJson: JSON.stringify(stage) });
    for await (const { failedJson } of events)
      if (failedJson !== undefined) throw new Error(`a stage has failed: ${failedJson}`);
    return asked;
  }

  async stop(): Promise<void> {
    this.client.close();
    const ended = once(this.child, 'exit');
    this.child.stdin?.end();
    await ended;
  }
}
