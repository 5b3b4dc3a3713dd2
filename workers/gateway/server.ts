import { setTimeout as sleep } from 'node:timers/promises';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { Client, Connection } from '@temporalio/client';
import { HealthImplementation } from 'grpc-health-check';
import { PrunefrontError } from '../../core/errors.js';
import { planSweep } from '../../core/search/plan.js';
import { parseSpec } from '../../core/spec/parse-spec.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import type { SweepResult } from '../../core/sweep/result.js';
import type { SpecSource__Output } from '../../proto/generated/prunefront/v1/SpecSource.js';
import type { SweepServiceHandlers } from '../../proto/generated/prunefront/v1/SweepService.js';
import { packageDefinition, sweepService } from '../../proto/load.js';
import { streaming, unary } from './answers.js';
import { checkData, isKnownToFit } from './check-data.js';
import { candidateFiles, publishedFiles } from './exports.js';
import { sendFiles } from './file-stream.js';
import { noOrchestrator, Patience } from './patience.js';
import { snapshotOf } from './snapshot.js';
import { isOver, Sweeps } from './sweeps.js';
import { watchSweep } from './watch.js';

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
  /** Milliseconds that an orchestrator worker may take to answer before it counts as not there. */
  readonly orchestratorMs: number;
}

const CLOSE_MS = 1000;
/** A sweep that has just ended is told to its end, also where the stack ends with it. */
const LAST_LOOK_MS = 500;
/** No name of a sweep leads out of its folder. */
const SWEEP_ID = /^[A-Za-z0-9][\w.-]*$/;

/**
 * Serves `SweepService` with health and reflection.
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where it cannot listen
 */
export async function startGateway(
  options: GatewayOptions,
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const { temporalAddress, namespace, store, listen, stageTaskQueue, window } = options;
  const connection = Connection.lazy({ address: temporalAddress });
  const client = new Client({ connection, namespace });
  const patience = new Patience(client, options.orchestratorMs);
  const sweeps = new Sweeps(client, patience, store, { stageTaskQueue, window });
  const closing = new AbortController();

  const readSpec = (spec: SpecSource__Output | null | undefined) =>
    parseSpec({ text: spec?.text ?? '', fileName: spec?.fileName ?? 'spec', baseFolder: spec?.baseFolder ?? '.' });

  const published = (sweepId: string) => publishedResult(sweeps, sweepId);

  const handlers: SweepServiceHandlers = {
    PlanSweep: unary(async ({ spec }) => {
      const parsed = await readSpec(spec);
      const assumed = { ...options.assumed, ...(await checkData(parsed)) };
      return { planJson: JSON.stringify(planSweep(parsed, assumed)) };
    }),
    StartSweep: unary(async ({ spec }) => {
      const parsed = await readSpec(spec);
      if (!isKnownToFit(parsed)) await checkData(parsed);
      return sweeps.start(parsed, spec?.text ?? '');
    }),
    GetSweep: unary(async ({ sweepId }) => {
      const found = await sweeps.find(sweepId);
      const now = await snapshotOf(found.handle, patience, null);
      if (now === null) throw noOrchestrator(found.sweepId);
      return { snapshot: now.snapshot };
    }),
    WatchSweep: streaming(async (call, gone) => {
      const found = await sweeps.find(call.request.sweepId);
      const stop = AbortSignal.any([gone, closing.signal]);
      const stopped = new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
      await Promise.race([watchSweep(found, patience, (snapshot) => call.write({ snapshot }), stop), stopped]);
      if (!closing.signal.aborted) return;
      const last = await Promise.race([snapshotOf(found.handle, patience, null), sleep(LAST_LOOK_MS, null)]);
      // Without an error the client would take it for the end of the sweep.
      if (last?.isRunning !== false)
        throw new PrunefrontError('PRUNEFRONT_UNREACHABLE', 'The gateway is shutting down');
      call.write({ snapshot: last.snapshot });
    }),
    ListSweeps: unary(async () => ({ sweeps: await sweeps.list() })),
    PauseSweep: unary(async ({ sweepId }) => sweeps.command(sweepId, 'pause').then(() => ({}))),
    ResumeSweep: unary(async ({ sweepId }) => sweeps.command(sweepId, 'resume').then(() => ({}))),
    CancelSweep: unary(async ({ sweepId }) => sweeps.command(sweepId, 'cancel').then(() => ({}))),
    RaiseBudget: unary(async ({ sweepId, candidates }) => ({
      candidates: await sweeps.command<number>(sweepId, 'raiseBudget', [candidates]),
    })),
    GetFront: unary(async ({ sweepId }) => ({ resultJson: JSON.stringify(await published(sweepId)) })),
    ExportCandidate: streaming(async (call, gone) => {
      const { sweepId, candidate } = call.request;
      await sendFiles(call, await candidateFiles(store, await published(sweepId), candidate), gone);
    }),
    GetReport: streaming(async (call, gone) => {
      const { sweepId } = await published(call.request.sweepId);
      await sendFiles(call, await publishedFiles(store, sweepId), gone);
    }),
  };

  const server = new Server({ 'grpc.max_receive_message_length': 8 * 1024 * 1024 });
  server.addService(sweepService, handlers as never);
  new HealthImplementation({ '': 'SERVING', 'prunefront.v1.SweepService': 'SERVING' }).addToServer(server);
  new ReflectionService(packageDefinition).addToServer(server);
  try {
    const port = await bind(server, listen);
    return {
      address: listen.replace(/:\d+$/, `:${port}`),
      async close() {
        closing.abort();
        await endCalls(server);
        // Calls under way end by themselves, and nobody has to wait for them.
        await Promise.race([patience.idle().then(() => connection.close()), sleep(CLOSE_MS)]);
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function bind(server: Server, listen: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(listen, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) return resolve(port);
      const facts = { place: listen, found: error.message, allowed: 'HOST:PORT that is free' };
      reject(new PrunefrontError('PRUNEFRONT_USAGE', 'The gateway cannot listen there', facts, { cause: error }));
    });
  });
}

/** Lets calls end in order for a moment. */
async function endCalls(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  const timer = setTimeout(() => server.forceShutdown(), CLOSE_MS);
  await ended;
  clearTimeout(timer);
}

/** What a sweep has published, by its id or name. The store knows it longer than Temporal, which forgets ended workflows. */
async function publishedResult(sweeps: Sweeps, asked: string): Promise<SweepResult> {
  const known = SWEEP_ID.test(asked) ? await sweeps.result(asked) : null;
  if (known !== null) return known;
  const { sweepId } = await sweeps.find(asked);
  const result = await sweeps.result(sweepId);
  if (result !== null) return result;
  const state = (await sweeps.stateOf(sweepId)) ?? 'forgotten';
  throw new PrunefrontError(
    'PRUNEFRONT_SWEEP_STATE',
    isOver(state) ? `The sweep ${sweepId} ended without a result` : `The sweep ${sweepId} has no result yet`,
    {
      place: sweepId,
      found: state,
      allowed: 'a sweep that has ended and measured something',
      hint: `prunefront status ${sweepId} shows where it is`,
    },
  );
}
