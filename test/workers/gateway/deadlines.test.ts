import { createServer, type Server, type Socket } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Publications } from '../../../core/nightly/publications.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import type { Call } from '../../../workers/gateway/calls/call.js';
import { scheduleCalls } from '../../../workers/gateway/calls/schedule-calls.js';
import { sweepCalls } from '../../../workers/gateway/calls/sweep-calls.js';
import { Idempotency } from '../../../workers/gateway/idempotency.js';
import { Nodes } from '../../../workers/gateway/nodes/nodes.js';
import { Schedules } from '../../../workers/gateway/schedules/schedules.js';
import { Patience } from '../../../workers/gateway/sweeps/patience.js';
import { specReader } from '../../../workers/gateway/sweeps/spec-reader.js';
import { SweepEvents } from '../../../workers/gateway/sweeps/sweep-events.js';
import { SweepHub } from '../../../workers/gateway/sweeps/sweep-hub.js';
import { Sweeps } from '../../../workers/gateway/sweeps/sweeps.js';
import { STAGE_QUEUE } from '../../support/paper-sweeps.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const GONE_AFTER_MS = 200;
/** Well below the 5 and 15 seconds that the gateway waits by itself. */
const SOON_MS = 3000;

const temporaryFolder = temporaryFolders(afterAll);
const sockets = new Set<Socket>();
let silent: Server;
let connection: Connection;
let calls: Readonly<Record<string, Call>>;

// A server that takes connections and never says a word.
beforeAll(async () => {
  silent = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const own = silent.address();
  connection = Connection.lazy({ address: `127.0.0.1:${typeof own === 'object' ? own?.port : own}` });
  const client = new Client({ connection });
  const patience = new Patience(client, SOON_MS * 10);
  const store: ArtifactStore = await openFolderStore(await temporaryFolder());
  const options = { stageTaskQueue: STAGE_QUEUE, window: 1 };
  const sweeps = new Sweeps(client, patience, store, options);
  const closing = new AbortController().signal;
  const hub = new SweepHub(sweeps, patience, closing);
  const shared = { nodes: new Nodes(store), idempotency: new Idempotency(store), readSpec: specReader(null) };
  const schedules = new Schedules(client, patience, store, options);
  calls = {
    ...scheduleCalls({ ...shared, schedules, publications: new Publications(store) }),
    ...sweepCalls({
      ...{ ...shared, sweeps, hub, events: new SweepEvents(hub, patience, store), patience, store, closing },
      assumed: { slots: 1, examplesPerSecond: 1 },
    }),
  };
});
afterAll(async () => {
  await connection.close();
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => silent.close(() => resolve()));
});

describe('a caller who has gone while Temporal says nothing', () => {
  it.each([
    ...['GetSchedule', 'PauseSchedule', 'ResumeSchedule', 'RunSchedule', 'BackfillSchedule', 'DeleteSchedule'],
    ...['WatchSweep', 'WatchEvents'],
  ])('given %s, then what was asked of Temporal ends with the caller', async (name) => {
    const call = calls[name];
    if (call === undefined) throw new Error(`no call ${name}`);
    const request = { name: 'berlin', sweepId: 'demo-1', from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
    const caller = { principal: { name: 'me', role: 'admin' as const }, signal: AbortSignal.timeout(GONE_AFTER_MS) };
    const startedAt = Date.now();
    const asked = async (): Promise<void> => {
      if (call.kind === 'unary') await call.answer(request, caller);
      else for await (const _ of call.answer(request, caller));
    };
    await expect(asked()).rejects.toThrow();
    expect(Date.now() - startedAt).toBeLessThan(SOON_MS);
  });
});
