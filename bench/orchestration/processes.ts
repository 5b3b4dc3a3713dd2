import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HEAP_OPTIONS } from '../../workers/local/heap.js';
import { freePort, spawnTemporal, untilTemporalServes } from '../../workers/local/temporal-server.js';

/** The embedded stack's Temporal server on a free port, with its state in `folder`; resolves when it serves. */
export async function startServer(folder: string): Promise<{ readonly address: string; readonly child: ChildProcess }> {
  mkdirSync(join(folder, 'logs'));
  const port = await freePort();
  const child = spawnTemporal(folder, port);
  const address = `127.0.0.1:${port}`;
  await untilTemporalServes(address, 60_000, new AbortController().signal);
  return { address, child };
}

/** Starts a process of this program, with the heap of its kind in the embedded stack; it ends when its standard input does. */
export function startProgram(
  path: string,
  kind: keyof typeof HEAP_OPTIONS,
  args: readonly string[],
  output: 'ignore' | 'pipe' = 'ignore',
): ChildProcess {
  const program = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  return spawn(process.execPath, [...HEAP_OPTIONS[kind], program, ...args], {
    stdio: ['pipe', output, 'inherit'],
  });
}

/** Ends a process and waits for it. */
export async function endProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.stdin?.end();
  if (child.stdin === null) child.kill('SIGTERM');
  await ended;
}
