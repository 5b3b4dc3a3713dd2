import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CalibrationSubject } from '../../core/training/calibration/calibration.js';
import { trainerEnvironment } from './trainer-environment.js';

/** How a process that trains to be measured is started. */
export interface CalibrationProcessSettings {
  readonly subject: CalibrationSubject;
  /** `CUDA_VISIBLE_DEVICES`; null on a machine without a GPU. */
  readonly gpu: string | null;
  readonly threads: number | null;
  readonly precision: 'float32' | 'bfloat16';
}

/** What a process trained, and what it took. */
export interface ProcessRate {
  readonly images: number;
  readonly seconds: number;
  readonly memoryBytes: number;
}

const MAIN = fileURLToPath(new URL('../trainer/calibrate.js', import.meta.url));
const LAST_WORDS = 500;

/** One process that trains a model on noise, once it is told to. */
export class CalibrationProcess {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private readonly exited: Promise<string>;

  constructor({ subject, gpu, threads, precision }: CalibrationProcessSettings) {
    const { model, batchSize, optimizer } = subject;
    const named = 'zoo' in model ? model.zoo : model.file;
    const args = ['--model', named, '--batch', String(batchSize), '--optimizer', JSON.stringify(optimizer)];
    if (precision === 'bfloat16') args.push('--bfloat16');
    this.child = spawn(process.execPath, ['--max-old-space-size=512', MAIN, ...args], {
      // It ends when its standard input does, so that it never outlives this process.
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...trainerEnvironment(gpu, threads) },
    });
    this.child.stdin?.on('error', () => undefined);
    let words = '';
    this.child.stderr?.on('data', (chunk: Buffer) => {
      words = `${words}${chunk}`.slice(-LAST_WORDS);
    });
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code, signal) =>
        resolve(words.trim() === '' ? (signal ?? `exit code ${code}`) : words.trim()),
      );
      this.child.once('error', (error) => resolve(error.message));
    });
    const { stdout } = this.child;
    this.lines = (stdout === null ? emptyLines() : createInterface({ input: stdout }))[Symbol.asyncIterator]();
  }

  /**
   * Waits until it could train at once; returns why it runs eagerly, null where it runs compiled.
   * @throws with its last words where it ends before
   */
  async ready(): Promise<string | null> {
    const { eagerBecause } = await this.told('ready');
    return typeof eagerBecause === 'string' ? eagerBecause : null;
  }

  /**
   * Trains for so many seconds.
   * @throws with its last words where it ends before
   */
  async train(seconds: number): Promise<ProcessRate> {
    this.child.stdin?.write(`${seconds}\n`);
    const { images, seconds: took, residentBytes } = await this.told('images');
    return { images: Number(images), seconds: Number(took), memoryBytes: Number(residentBytes) };
  }

  /** Its share of the memory of this machine, where the kernel tells it; else null. What several share is counted once in all. */
  proportionalBytes(): number | null {
    try {
      const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.child.pid}/smaps_rollup`, 'utf8'))?.[1];
      return kibibytes === undefined ? null : Number(kibibytes) * 1024;
    } catch {
      return null;
    }
  }

  /** Kills it and waits for its end. */
  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** The next message that has something; others may write on standard output, too. */
  private async told(name: string): Promise<Readonly<Record<string, unknown>>> {
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done === true) throw new Error(await this.exited);
      const message = parse(value);
      if (name in message) return message;
    }
  }
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

async function* emptyLines(): AsyncGenerator<string> {}
