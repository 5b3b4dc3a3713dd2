import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ErrorData, PrunefrontError } from '../core/errors.js';
import { type CalibrationStart, calibratingLine } from './calibration.js';
import { type JsonLinesProgram, startProgram } from './json-lines-program.js';

/** An embedded stack that this command started or found. */
export interface LocalStack {
  readonly gateway: string;
  /** Address of its page. */
  readonly page: string | null;
  /** Shuts it down where this command started it. */
  stop(): Promise<void>;
}

/** How an embedded stack is started. */
export interface LocalStackOptions {
  readonly slots: number | undefined;
  /** Folder for traces of its trainers. */
  readonly profile?: string | undefined;
  /** Files of plugins, separated by commas. */
  readonly plugin?: string | undefined;
  /** Spec of the sweep that it is going to run, whose model it calibrates with; without it, it does not. */
  readonly calibrateFor?: string;
  /** Hears of the calibration, in words. */
  say?(line: string): void;
  /** Ends what is still starting. */
  readonly signal?: AbortSignal;
}

/** Starts the embedded stack on a state folder, or attaches to the one that runs there. */
export async function startLocalStack(stateFolder: string, options: LocalStackOptions): Promise<LocalStack> {
  const { slots, profile, plugin, calibrateFor, say, signal } = options;
  const { child, exited, messages } = startProgram('workers/local/main.js', [
    ...['--state', resolve(stateFolder)],
    ...(slots === undefined ? [] : ['--slots', String(slots)]),
    ...(profile === undefined ? [] : ['--profile', resolve(profile)]),
    ...(plugin === undefined ? [] : ['--plugin', plugin]),
    ...(calibrateFor === undefined ? [] : ['--calibrate-for', resolve(calibrateFor)]),
  ]);
  const leave = (): void => void child.stdin?.end();
  signal?.addEventListener('abort', leave, { once: true });
  const { gateway, page } = await served(messages, say ?? (() => undefined));
  signal?.removeEventListener('abort', leave);
  if (gateway === undefined) {
    await exited;
    signal?.throwIfAborted();
    throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'The embedded stack did not start', {
      place: stateFolder,
      hint: `see ${join(stateFolder, 'logs')}, or run prunefront doctor`,
    });
  }
  return {
    gateway,
    page: page ?? null,
    async stop() {
      // It says so where it goes on because another command uses it.
      const lent = messages.next();
      child.stdin?.end();
      await Promise.race([exited, lent]);
      child.stdout?.destroy();
      child.unref();
    },
  };
}

interface StackMessage {
  readonly gateway?: string;
  readonly page?: string;
  readonly error?: ErrorData;
  readonly calibrating?: CalibrationStart;
  readonly decided?: { readonly text: string; readonly because: string };
}

/** What a stack tells once it serves; nothing where it ends before. */
async function served(messages: JsonLinesProgram['messages'], say: (line: string) => void): Promise<StackMessage> {
  for (;;) {
    const { value, done } = await messages.next();
    if (done === true) return {};
    const message = value as StackMessage;
    const { error, calibrating, decided, gateway } = message;
    if (error !== undefined) throw PrunefrontError.fromData(error);
    if (calibrating !== undefined) say(calibratingLine(calibrating));
    if (decided !== undefined) say(`${decided.text}, ${decided.because}.`);
    if (gateway !== undefined) return message;
  }
}

/** The gateway of a stack that runs on a state folder, or null where none does or it is ending. */
export function runningGateway(stateFolder: string): string | null {
  try {
    const { pid, gateway } = JSON.parse(readFileSync(join(stateFolder, 'stack.json'), 'utf8')) as {
      pid: number;
      gateway: string | null;
    };
    process.kill(pid, 0);
    return gateway;
  } catch {
    return null;
  }
}
