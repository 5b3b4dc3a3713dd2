import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { temporalExecutable } from '../../tools/paths.mjs';

const SEARCH_ATTRIBUTES = ['PrunefrontState=Keyword', 'PrunefrontProgress=Double', 'PrunefrontName=Keyword'];

/** Starts a Temporal dev server on its database file. */
export function spawnTemporal(stateFolder: string, port: number): ChildProcess {
  const log = openSync(join(stateFolder, 'logs', 'temporal.log'), 'a');
  const attributes = SEARCH_ATTRIBUTES.flatMap((attribute) => ['--search-attribute', attribute]);
  const args = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--db-filename', join(stateFolder, 'temporal.db'), '--log-level', 'error', ...attributes];
  return spawn(temporalExecutable(), args, { stdio: ['ignore', log, log] });
}

/** Waits until a Temporal server answers. */
export async function untilTemporalServes(address: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const connection = await Connection.connect({ address, connectTimeout: '2 seconds' });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      await connection.close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** A free port of this machine. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
