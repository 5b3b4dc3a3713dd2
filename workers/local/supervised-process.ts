import type { ChildProcess } from 'node:child_process';

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 5000;
/** A process that lived this long starts with a short delay again. */
const HEALTHY_MS = 10_000;
const STOP_TIMEOUT_MS = 8000;

/** A child process that is started again whenever it dies, with growing delays, until it is stopped. */
export class SupervisedProcess {
  private child: ChildProcess | null = null;
  private ended: Promise<void> = Promise.resolve();
  private restart: NodeJS.Timeout | undefined;
  private stopping = false;
  private delay = FIRST_DELAY_MS;

  constructor(
    readonly name: string,
    private readonly start: () => ChildProcess,
    private readonly report: (line: string) => void,
  ) {
    this.launch();
  }

  /** Process id, or null while it is down. */
  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  /** Ends the process: asks first, then kills. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restart);
    const { child } = this;
    child?.kill('SIGTERM');
    const timer = setTimeout(() => child?.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.ended;
    clearTimeout(timer);
  }

  private launch(): void {
    const started = Date.now();
    const child = this.start();
    this.child = child;
    this.ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      // One that could not be started has no exit.
      child.once('error', (error) => {
        if (child.pid === undefined) resolve(error.message);
      });
    }).then((how) => this.startAgain(how, Date.now() - started));
  }

  private startAgain(how: string, livedMs: number): void {
    this.child = null;
    if (this.stopping) return;
    if (livedMs > HEALTHY_MS) this.delay = FIRST_DELAY_MS;
    this.report(`${this.name} ended (${how}), starting it again in ${this.delay} ms`);
    this.restart = setTimeout(() => this.launch(), this.delay);
    this.delay = Math.min(LONGEST_DELAY_MS, this.delay * 2);
  }
}
