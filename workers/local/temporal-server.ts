import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { temporalExecutable } from '../../tools/paths.mjs';
import { isProcess } from './process-identity.js';

const SEARCH_ATTRIBUTES = ['PrunefrontState=Keyword', 'PrunefrontProgress=Double', 'PrunefrontName=Keyword'];

/** Starts a Temporal dev server on its database file. */
export function spawnTemporal(stateFolder: string, port: number): ChildProcess {
  const log = openSync(join(stateFolder, 'logs', 'temporal.log'), 'a');
  const attributes = SEARCH_ATTRIBUTES.flatMap((attribute) => ['--search-attribute', attribute]);
  const database = ['--db-filename', databasePath(stateFolder)];
  const args = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), ...database];
  const child = spawn(temporalExecutable(), [...args, '--log-level', 'error', ...attributes], {
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return child;
}

/** Ends the server of a stack that was killed and so could not end it; two on one database would not work. */
export async function endLeftoverTemporal(stateFolder: string, pid: number | null): Promise<void> {
  const database = databasePath(stateFolder);
  if (pid === null || !isProcess(pid, database)) return;
  process.kill(pid, 'SIGKILL');
  while (isProcess(pid, database)) await sleep(50);
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
      await sleep(100);
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

function databasePath(stateFolder: string): string {
  return join(stateFolder, 'temporal.db');
}
