import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Command } from './sides.js';

/** What a worker says of itself once it is warm. */
export interface About {
  /** Parameters that are trained; all sides must agree. */
  readonly parameters: number;
  readonly device: string;
  /** Versions and settings, for people. */
  readonly note: string;
}

/** What a worker says after a timed part. */
interface Ran {
  readonly steps: number;
  /** Null where it is not a number. */
  readonly loss: number | null;
}

/** A timed part of all workers together. */
export interface TimedPart {
  /** Wall clock by the steps of all workers, in milliseconds. */
  readonly msPerStep: number;
  readonly steps: number;
  /** The last loss of the first worker; null where it is not a number. */
  readonly loss: number | null;
}

/** One process of a side. */
class Worker {
  private readonly child: ChildProcess;
  private readonly lines: Interface;
  private complaints = '';
  private ended = false;

  constructor({ program, args, environment }: Command) {
    this.child = spawn(program, [...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.complaints = (this.complaints + text).slice(-4000);
    });
    // A worker that ends says why on stderr.
    this.child.stdin?.on('error', () => undefined);
    this.child.on('error', (error) => {
      this.complaints += error.message;
    });
    this.child.on('close', () => {
      this.ended = true;
      this.lines.emit('gone');
    });
  }

  /** The next line that the program says; what libraries print beside it is passed over. */
  answer<Answer>(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        this.lines.off('line', heard).off('gone', gone);
      };
      const heard = (line: string): void => {
        if (!line.startsWith('{')) return;
        finish();
        resolve(JSON.parse(line) as Answer);
      };
      const gone = (): void => {
        finish();
        reject(new Error(`the program ended: ${lastLine(this.complaints)}`));
      };
      this.lines.on('line', heard).on('gone', gone);
      if (this.ended) gone();
    });
  }

  tell(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  async stop(): Promise<void> {
    if (this.ended) return;
    const closed = once(this.child, 'close');
    this.child.stdin?.end();
    const late = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await closed;
    clearTimeout(late);
  }
}

/** The last line of an error that says something. */
export function lastLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => /(error|exception)\b.*:/i.test(line) && !line.startsWith('at '));
  return telling.at(-1) ?? lines.filter(Boolean).at(-1) ?? 'it said nothing';
}

/** How many steps fill a time, by what a shorter part took; at least one. */
export function stepsFor(seconds: number, msPerStep: number): number {
  return Math.max(1, Math.round((seconds * 1000) / msPerStep));
}

/** Processes of one side that are warm and train at the same time when they are told to. */
export class Crew {
  private constructor(
    private readonly workers: readonly Worker[],
    readonly about: About,
    /** Steps of a timed part, of each worker. */
    private readonly steps: number,
  ) {}

  /** Starts them all, waits until all are warm, and finds out how many steps fill a timed part. */
  static async start(command: Command, processes: number, seconds: number): Promise<Crew> {
    const workers = Array.from({ length: processes }, () => new Worker(command));
    try {
      const abouts = await Promise.all(workers.map((worker) => worker.answer<About>()));
      const about = abouts[0] as About;
      // First a few steps, and then as many as tell the time of a step well; each process trains 1 / processes of them.
      const first = await new Crew(workers, about, 4).run();
      const short = stepsFor(Math.min(0.5, seconds), first.msPerStep * processes);
      const second = await new Crew(workers, about, short).run();
      return new Crew(workers, about, stepsFor(seconds, second.msPerStep * processes));
    } catch (error) {
      await Promise.all(workers.map((worker) => worker.stop()));
      throw error;
    }
  }

  /** One timed part: all workers are told at once, and it ends when the last one is done. */
  async run(): Promise<TimedPart> {
    const answers = this.workers.map((worker) => worker.answer<Ran>());
    const started = performance.now();
    for (const worker of this.workers) worker.tell(`run ${this.steps}`);
    const ran = await Promise.all(answers);
    const wall = performance.now() - started;
    const steps = ran.reduce((total, one) => total + one.steps, 0);
    const loss = ran[0]?.loss ?? null;
    return { msPerStep: wall / steps, steps, loss };
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }
}
