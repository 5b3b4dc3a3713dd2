import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { Client, Connection } from '@temporalio/client';
import { HealthImplementation } from 'grpc-health-check';
import { PrunefrontError } from '../../core/errors.js';
import { planSweep } from '../../core/search/plan.js';
import { parseSpec } from '../../core/spec/parse-spec.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import type { SweepProgress } from '../../core/sweep/progress.js';
import type { SpecSource__Output } from '../../proto/generated/prunefront/v1/SpecSource.js';
import type { SweepServiceHandlers } from '../../proto/generated/prunefront/v1/SweepService.js';
import { packageDefinition, sweepService } from '../../proto/load.js';
import { callError, isUnavailable } from './call-errors.js';
import { examplesOf } from './examples-of.js';
import { candidateFiles, type ExportedFile, publishedFiles } from './exports.js';
import { snapshotOf } from './snapshot.js';
import { type SweepHandle, Sweeps } from './sweeps.js';

/** How the gateway is reached, and what it reaches. */
export interface GatewayOptions {
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly store: ArtifactStore;
  /** `host:port`; port 0 takes a free one. */
  readonly listen: string;
  readonly stageTaskQueue: string;
  /** Stages scheduled at once by each sweep. */
  readonly window: number;
  /** Slots and speed that plans assume. */
  readonly assumed: { readonly slots: number; readonly examplesPerSecond: number };
}

const WATCH_EVERY_MS = 500;
const CHUNK_BYTES = 64 * 1024;
const DONE = new Set<SweepProgress['state']>(['done', 'cancelled', 'failed']);

/** Serves `SweepService` with health and reflection. */
export async function startGateway(
  options: GatewayOptions,
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const { temporalAddress, namespace, store, listen, stageTaskQueue, window } = options;
  const connection = Connection.lazy({ address: temporalAddress });
  const sweeps = new Sweeps(new Client({ connection, namespace }), store, { stageTaskQueue, window });
  const closing = new AbortController();

  const readSpec = (spec: SpecSource__Output | null | undefined) =>
    parseSpec({ text: spec?.text ?? '', fileName: spec?.fileName ?? 'spec', baseFolder: spec?.baseFolder ?? '.' });

  const snapshot = async (sweepId: string, handle: SweepHandle, last: SweepProgress | null) => {
    const now = await snapshotOf(handle, last);
    if (now === null)
      throw new PrunefrontError('PRUNEFRONT_UNREACHABLE', 'No orchestrator worker answers', {
        place: sweepId,
        hint: 'start one, then try again',
      });
    return now;
  };

  const watch = async (sweepId: string, send: (snapshot: object) => void, stopped: () => boolean): Promise<void> => {
    const found = await sweeps.find(sweepId);
    let last: SweepProgress | null = null;
    let sent = '';
    while (!stopped()) {
      try {
        const now = await snapshotOf(found.handle, last);
        if (now !== null) {
          last = now.progress;
          const { elapsedMs, remainingMs, ...rest } = now.snapshot;
          const text = JSON.stringify(rest);
          if (text !== sent || DONE.has(last.state)) send({ snapshot: { ...rest, elapsedMs, remainingMs } });
          sent = text;
          // Only a closed workflow has published; `done` is set an instant before.
          if (DONE.has(last.state) && (await found.handle.describe()).status.name !== 'RUNNING') return;
        }
      } catch (error) {
        // The sweep goes on without us while the Temporal server restarts.
        if (!isUnavailable(error)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, WATCH_EVERY_MS));
    }
  };

  const handlers: SweepServiceHandlers = {
    PlanSweep: unary(async ({ spec }) => {
      const parsed = await readSpec(spec);
      const assumed = { ...options.assumed, trainExamples: await examplesOf(parsed) };
      return { planJson: JSON.stringify(planSweep(parsed, assumed)) };
    }),
    StartSweep: unary(async ({ spec }) => sweeps.start(await readSpec(spec), spec?.text ?? '')),
    GetSweep: unary(async ({ sweepId }) => {
      const found = await sweeps.find(sweepId);
      return { snapshot: (await snapshot(found.sweepId, found.handle, null)).snapshot };
    }),
    WatchSweep: streaming((call) =>
      watch(
        call.request.sweepId,
        (message) => call.write(message),
        () => call.cancelled || closing.signal.aborted,
      ),
    ),
    ListSweeps: unary(async () => ({ sweeps: await sweeps.list() })),
    PauseSweep: unary(async ({ sweepId }) => sweeps.command(sweepId, 'pause').then(() => ({}))),
    ResumeSweep: unary(async ({ sweepId }) => sweeps.command(sweepId, 'resume').then(() => ({}))),
    CancelSweep: unary(async ({ sweepId }) => sweeps.command(sweepId, 'cancel').then(() => ({}))),
    RaiseBudget: unary(async ({ sweepId, candidates }) => ({
      candidates: await sweeps.command<number>(sweepId, 'raiseBudget', [candidates]),
    })),
    GetFront: unary(async ({ sweepId }) => ({ resultJson: JSON.stringify(await requireResult(sweeps, sweepId)) })),
    ExportCandidate: streaming(async (call) => {
      const result = await requireResult(sweeps, call.request.sweepId);
      await sendFiles(call, await candidateFiles(store, result, call.request.candidate));
    }),
    GetReport: streaming(async (call) => {
      const { sweepId } = await sweeps.find(call.request.sweepId);
      await sendFiles(call, await publishedFiles(store, sweepId));
    }),
  };

  const server = new Server({ 'grpc.max_receive_message_length': 8 * 1024 * 1024 });
  server.addService(sweepService, handlers as never);
  new HealthImplementation({ '': 'SERVING', 'prunefront.v1.SweepService': 'SERVING' }).addToServer(server);
  new ReflectionService(packageDefinition).addToServer(server);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(listen, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    address: listen.replace(/:\d+$/, `:${port}`),
    async close() {
      closing.abort();
      server.forceShutdown();
      await connection.close();
    },
  };
}

async function requireResult(sweeps: Sweeps, asked: string) {
  const { sweepId, handle } = await sweeps.find(asked);
  const result = await sweeps.result(sweepId);
  if (result !== null) return result;
  const { status } = await handle.describe();
  throw new PrunefrontError(
    'PRUNEFRONT_SWEEP_STATE',
    status.name === 'RUNNING'
      ? `The sweep ${sweepId} has no result yet`
      : `The sweep ${sweepId} ended without a result`,
    {
      place: sweepId,
      found: status.name.toLowerCase(),
      allowed: 'a sweep that has ended and measured something',
      hint: `prunefront status ${sweepId} shows where it is`,
    },
  );
}

function unary<Request, Response>(answer: (request: Request) => Promise<Response>) {
  return (call: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>): void => {
    answer(call.request).then(
      (response) => reply(null, response),
      (error: unknown) => reply(callError(error)),
    );
  };
}

function streaming<Request, Response>(answer: (call: ServerWritableStream<Request, Response>) => Promise<void>) {
  return (call: ServerWritableStream<Request, Response>): void => {
    answer(call).then(
      () => call.end(),
      // Not `destroy`, after which no status is sent and the client waits for ever.
      (error: unknown) => call.emit('error', callError(error)),
    );
  };
}

interface FileStream {
  write(message: { fileName: string; chunk: Buffer }): boolean;
  once(event: 'drain', done: () => void): unknown;
}

/** Sends files in chunks, waiting where the client reads slowly. */
async function sendFiles(call: FileStream, files: readonly ExportedFile[]): Promise<void> {
  for (const { name, bytes } of files) {
    for (let from = 0; from < Math.max(1, bytes.length); from += CHUNK_BYTES) {
      const more = call.write({ fileName: name, chunk: Buffer.from(bytes.subarray(from, from + CHUNK_BYTES)) });
      if (!more) await new Promise<void>((resolve) => call.once('drain', resolve));
    }
  }
}
