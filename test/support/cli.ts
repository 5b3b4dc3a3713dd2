import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { childrenOf } from './local-stack.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'cli', 'prunefront.mjs');
const POLL_MS = 50;
/** Runs a command under a terminal of its own; what comes on standard input are its keys. */
const TERMINAL = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line in a process group of its own, as a shell starts it. */
export class Cli {
  private out = '';
  private err = '';
  readonly ended: Promise<Ended>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
    });
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout: this.out, stderr: this.err }));
    });
  }

  /** Starts it with its output in pipes. */
  static start(...args: string[]): Cli {
    return Cli.spawned(process.execPath, [MAIN, ...args]);
  }

  /** Starts it at a terminal of 120 columns and 45 lines. */
  static atTerminal(...args: string[]): Cli {
    const sized = ['sh', '-c', 'stty cols 120 rows 45; exec "$@"', 'sh'];
    return Cli.spawned('python3', ['-c', TERMINAL, ...sized, process.execPath, MAIN, ...args]);
  }

  /** Runs it to its end. */
  static run(...args: string[]): Promise<Ended> {
    return Cli.start(...args).ended;
  }

  /** Runs a shell script in which `"$@"` is the command; to its end. */
  static runInShell(script: string, ...args: string[]): Promise<Ended> {
    return Cli.spawned('sh', ['-c', script, 'sh', process.execPath, MAIN, ...args]).ended;
  }

  private static spawned(command: string, args: readonly string[]): Cli {
    // Colours and set-up are for people; dist/ has been built before the tests.
    const env = { ...process.env, PRUNEFRONT_NO_SETUP: '1', NO_COLOR: '1', FORCE_COLOR: undefined };
    return new Cli(spawn(command, args, { cwd: ROOT, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] }));
  }

  /** What it has written so far, without escape codes. */
  get text(): string {
    return stripVTControlCharacters(this.out);
  }

  /** Waits until what it has written satisfies a pattern. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    let ended = false;
    void this.ended.finally(() => {
      ended = true;
    });
    for (;;) {
      const found = pattern.exec(this.text);
      if (found !== null) return found;
      if (ended) throw new Error(`it ended without ${pattern}:\n${this.text}\n${this.err}`);
      await sleep(POLL_MS);
    }
  }

  /** Ctrl-C without a terminal: the signal goes to the whole process group. */
  interrupt(): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGINT');
  }

  /** Ends it where a test failed before it had ended; its stack ends with it. */
  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Presses Ctrl-C at its terminal. */
  pressControlC(): void {
    this.child.stdin?.write('\x03');
  }
}

/** The values of lines that are one JSON value each. */
export function jsonLines(text: string): unknown[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Supervisor, parts and trainers of the stack that runs on a state folder. */
export function stackProcesses(state: string): number[] {
  const { pid } = JSON.parse(readFileSync(join(state, 'stack.json'), 'utf8')) as { pid: number };
  const below = (parent: number): number[] => childrenOf(parent).flatMap((child) => [child, ...below(child)]);
  return [pid, ...below(pid)];
}

/** Those of some processes that have not ended. */
export function living(pids: readonly number[]): number[] {
  return pids.filter((pid) => {
    try {
      // A zombie has ended; only its parent has not asked yet.
      return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  });
}

/** Waits until all of some processes have ended. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  while (living(pids).length > 0) await sleep(POLL_MS);
}
