import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program of ours that tells in lines of JSON what it does, and ends when its standard input does. */
export interface JsonLinesProgram {
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
  /** Its messages, until it has none any more. */
  readonly messages: AsyncIterator<Readonly<Record<string, unknown>>>;
}

/** Starts a program below `dist/`. It is a process group of its own: Ctrl-C is for this command, which then ends it in order. */
export function startProgram(path: string, args: readonly string[]): JsonLinesProgram {
  const main = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const child = spawn(process.execPath, ['--max-old-space-size=256', '--max-semi-space-size=2', main, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const lines = createInterface({ input: child.stdout });
  async function* messages(): AsyncGenerator<Readonly<Record<string, unknown>>> {
    for await (const line of lines) yield JSON.parse(line) as Record<string, unknown>;
  }
  return { child, exited, messages: messages() };
}
