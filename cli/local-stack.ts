import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ErrorData, PrunefrontError } from '../core/errors.js';

/** An embedded stack that this command started or found. */
export interface LocalStack {
  readonly gateway: string;
  /** Address of its page. */
  readonly page: string | null;
  /** Shuts it down where this command started it. */
  stop(): Promise<void>;
}

/** Starts the embedded stack on a state folder, or attaches to the one that runs there. */
export async function startLocalStack(
  stateFolder: string,
  slots: number | undefined,
  profile: string | undefined,
): Promise<LocalStack> {
  const main = fileURLToPath(new URL('../workers/local/main.js', import.meta.url));
  const args = [
    '--max-old-space-size=256',
    '--max-semi-space-size=2',
    main,
    '--state',
    resolve(stateFolder),
    ...(slots === undefined ? [] : ['--slots', String(slots)]),
    ...(profile === undefined ? [] : ['--profile', resolve(profile)]),
  ];
  // A process group of its own: Ctrl-C is for this command, which then shuts the stack down in order.
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise<string>((done) => {
    lines.once('line', done);
    void exited.then(() => done('{}'));
  });
  const { gateway, page, error } = JSON.parse(line) as { gateway?: string; page?: string; error?: ErrorData };
  if (error !== undefined) throw PrunefrontError.fromData(error);
  if (gateway === undefined) {
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
      const lent = new Promise<void>((done) => lines.once('line', () => done()));
      child.stdin.end();
      await Promise.race([exited, lent]);
      child.stdout.destroy();
      child.unref();
    },
  };
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
