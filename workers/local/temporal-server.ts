import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { PrunefrontError } from '../../core/errors.js';
import { temporalExecutable } from '../../tools/paths.mjs';
import { isProcess } from './process-identity.js';

const POLL_MS = 100;
const SEARCH_ATTRIBUTES = ['PrunefrontState=Keyword', 'PrunefrontProgress=Double', 'PrunefrontName=Keyword'];

/** Arguments of a dev server that hands out tasks by priority and fairness keys, which it does not by itself. */
export const FAIRNESS = ['matching.useNewMatcher=true', 'matching.enableFairness=true'].flatMap((setting) => [
  '--dynamic-config-value',
  setting,
]);

/** Starts a Temporal dev server on its database file. */
export function spawnTemporal(stateFolder: string, port: number): ChildProcess {
  const log = openSync(join(stateFolder, 'logs', 'temporal.log'), 'a');
  const attributes = SEARCH_ATTRIBUTES.flatMap((attribute) => ['--search-attribute', attribute]);
  const database = ['--db-filename', databasePath(stateFolder)];
  const args = [
    'server',
    'start-dev',
    '--headless',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    ...database,
    ...FAIRNESS,
  ];
  const child = spawn(temporalExecutable(), [...args, '--log-level', 'error', ...attributes], {
    stdio: ['ignore', log, log],
    // Go lets garbage grow to twice of what lives; half of that costs next to no time.
    env: { GOGC: '50', ...process.env },
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

/**
 * Waits until a Temporal server answers.
 * @throws PrunefrontError `PRUNEFRONT_UNREACHABLE` where it does not in time; the abort reason where the signal fires
 */
export async function untilTemporalServes(address: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const failure = await failureToServe(address);
    if (failure === null) return;
    if (Date.now() > deadline) {
      throw new PrunefrontError('PRUNEFRONT_UNREACHABLE', 'The embedded Temporal server does not answer', {
        place: address,
        found: failure,
        hint: 'see logs/temporal.log in the state folder, or run prunefront doctor',
      });
    }
    await sleep(POLL_MS);
  }
}

/** Why a Temporal server cannot be used yet, or null where it can. */
async function failureToServe(address: string): Promise<string | null> {
  const connection = Connection.lazy({ address, connectTimeout: '2 seconds' });
  try {
    await connection.ensureConnected();
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await connection.close();
  }
}

/** A free port of this machine: the wanted one where it is free, so that 0 asks for any. */
export async function freePort(wanted = 0): Promise<number> {
  return (await boundPort(wanted)) ?? (await boundPort(0)) ?? 0;
}

function boundPort(wanted: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : null;
      server.close(() => resolve(port));
    });
  });
}

function databasePath(stateFolder: string): string {
  return join(stateFolder, 'temporal.db');
}
