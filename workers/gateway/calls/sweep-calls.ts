import { setTimeout as sleep } from 'node:timers/promises';
import { PrunefrontError } from '../../../core/errors.js';
import { planSweep } from '../../../core/search/plan.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { eventSentence } from '../../../core/sweep/event-sentence.js';
import type { SweepEvent } from '../../../core/sweep/events.js';
import type { CancelSweepRequest__Output } from '../../../proto/generated/prunefront/v1/CancelSweepRequest.js';
import type { ExportCandidateRequest__Output } from '../../../proto/generated/prunefront/v1/ExportCandidateRequest.js';
import type { GetCandidateRequest__Output } from '../../../proto/generated/prunefront/v1/GetCandidateRequest.js';
import type { GetFrontRequest__Output } from '../../../proto/generated/prunefront/v1/GetFrontRequest.js';
import type { GetReportRequest__Output } from '../../../proto/generated/prunefront/v1/GetReportRequest.js';
import type { GetSweepRequest__Output } from '../../../proto/generated/prunefront/v1/GetSweepRequest.js';
import type { ListSweepsRequest__Output } from '../../../proto/generated/prunefront/v1/ListSweepsRequest.js';
import type { PauseSweepRequest__Output } from '../../../proto/generated/prunefront/v1/PauseSweepRequest.js';
import type { PlanSweepRequest__Output } from '../../../proto/generated/prunefront/v1/PlanSweepRequest.js';
import type { RaiseBudgetRequest__Output } from '../../../proto/generated/prunefront/v1/RaiseBudgetRequest.js';
import type { ResumeSweepRequest__Output } from '../../../proto/generated/prunefront/v1/ResumeSweepRequest.js';
import type { StartSweepRequest__Output } from '../../../proto/generated/prunefront/v1/StartSweepRequest.js';
import type { SweepEvent as SweepEventMessage } from '../../../proto/generated/prunefront/v1/SweepEvent.js';
import type { SweepServiceHandlers } from '../../../proto/generated/prunefront/v1/SweepService.js';
import type { WatchEventsRequest__Output } from '../../../proto/generated/prunefront/v1/WatchEventsRequest.js';
import type { WatchSweepRequest__Output } from '../../../proto/generated/prunefront/v1/WatchSweepRequest.js';
import type { Idempotency } from '../idempotency.js';
import type { Nodes } from '../nodes/nodes.js';
import { pageOf } from '../pages.js';
import { candidateDetail } from '../sweeps/candidate-detail.js';
import { checkData, isKnownToFit } from '../sweeps/check-data.js';
import { candidateFiles, publishedFiles } from '../sweeps/exports.js';
import { chunksOf } from '../sweeps/file-stream.js';
import { noOrchestrator, type Patience } from '../sweeps/patience.js';
import { publishedResult } from '../sweeps/published-result.js';
import { queueOf, shareOf } from '../sweeps/slot-share.js';
import { snapshotOf } from '../sweeps/snapshot.js';
import type { SpecReader } from '../sweeps/spec-reader.js';
import type { SweepEvents } from '../sweeps/sweep-events.js';
import type { SweepHub } from '../sweeps/sweep-hub.js';
import type { Sweeps } from '../sweeps/sweeps.js';
import { type Caller, type Calls, streaming, unary } from './call.js';

/** A sweep that has just ended is told to its end, also where the stack ends with it. */
const LAST_LOOK_MS = 500;

/** What the calls on sweeps work with. */
export interface SweepCallsOptions {
  readonly sweeps: Sweeps;
  readonly hub: SweepHub;
  readonly events: SweepEvents;
  readonly nodes: Nodes;
  readonly idempotency: Idempotency;
  readonly patience: Patience;
  readonly store: ArtifactStore;
  readonly readSpec: SpecReader;
  /** Slots and speed that plans assume. */
  readonly assumed: { readonly slots: number; readonly examplesPerSecond: number };
  /** Fires when the gateway shuts down. */
  readonly closing: AbortSignal;
}

/** The calls of `SweepService`. */
export function sweepCalls({
  sweeps,
  hub,
  events,
  nodes,
  idempotency,
  patience,
  store,
  readSpec,
  assumed,
  closing,
}: SweepCallsOptions): Calls<keyof SweepServiceHandlers & string> {
  const published = (sweepId: string, { signal }: Caller) => publishedResult(sweeps.heeding(signal), sweepId);
  /** Sends an update, whose effect whoever asks next sees. */
  const command = async <T>(
    { signal }: Caller,
    sweepId: string,
    update: 'pause' | 'resume' | 'cancel' | 'raiseBudget',
    args?: readonly unknown[],
  ): Promise<T> => {
    const answer = await sweeps.heeding(signal).command<T>(sweepId, update, args);
    hub.changed();
    return answer;
  };
  return {
    // Data and models are read where the gateway runs, and what is wrong with them is told.
    PlanSweep: unary('operator', async ({ spec }: PlanSweepRequest__Output) => {
      const parsed = await readSpec(spec);
      return { planJson: JSON.stringify(planSweep(parsed, { ...assumed, ...(await checkData(parsed, spec)) })) };
    }),
    StartSweep: unary('operator', async (request: StartSweepRequest__Output, { principal, signal }) => {
      const { spec, idempotencyKey: key, ...rest } = request;
      const share = shareOf(rest);
      const queue = queueOf(rest.device);
      const parsed = await readSpec(spec);
      const asked = { principal: principal.name, method: 'SweepService/StartSweep', key, request: { spec, ...rest } };
      return idempotency.once({ ...asked, signal }, async () => {
        if (!isKnownToFit(parsed)) await checkData(parsed, spec);
        return sweeps.heeding(signal).start(parsed, spec?.text ?? '', share, queue ?? (await nodes.busiestQueue()));
      });
    }),
    GetSweep: unary('viewer', async ({ sweepId }: GetSweepRequest__Output, { signal }) => {
      const found = await sweeps.heeding(signal).find(sweepId);
      const now = await hub.now(found, patience.heeding(signal));
      if (now === null) throw noOrchestrator(found.sweepId);
      return { snapshot: now.snapshot };
    }),
    WatchSweep: streaming('viewer', async function* ({ sweepId }: WatchSweepRequest__Output, { signal }) {
      const found = await sweeps.heeding(signal).find(sweepId);
      for await (const { snapshot } of hub.watch(found, signal)) yield { snapshot };
      if (!closing.aborted) return;
      const last = await Promise.race([snapshotOf(found.handle, patience, null), sleep(LAST_LOOK_MS, null)]);
      // Without an error the client would take it for the end of the sweep.
      if (last?.isRunning !== false) throw shuttingDown();
      yield { snapshot: last.snapshot };
    }),
    WatchEvents: streaming('viewer', async function* (request: WatchEventsRequest__Output, { signal }) {
      const found = await sweeps.heeding(signal).find(request.sweepId);
      for await (const event of events.follow(found, request.afterSequence, signal)) yield { event: sentEvent(event) };
      if (closing.aborted) throw shuttingDown();
    }),
    ListSweeps: unary('viewer', async (request: ListSweepsRequest__Output, { signal }) => {
      const all = await sweeps.heeding(signal).list();
      const { items, nextPageToken } = pageOf(
        'sweeps',
        all,
        request,
        ({ startedAt, sweepId }) => `${startedAt} ${sweepId}`,
        'descending',
      );
      return { sweeps: items, nextPageToken };
    }),
    PauseSweep: unary('operator', async ({ sweepId }: PauseSweepRequest__Output, caller) => {
      await command(caller, sweepId, 'pause');
      return {};
    }),
    ResumeSweep: unary('operator', async ({ sweepId }: ResumeSweepRequest__Output, caller) => {
      await command(caller, sweepId, 'resume');
      return {};
    }),
    CancelSweep: unary('operator', async ({ sweepId }: CancelSweepRequest__Output, caller) => {
      await command(caller, sweepId, 'cancel');
      return {};
    }),
    RaiseBudget: unary('operator', async ({ sweepId, candidates }: RaiseBudgetRequest__Output, caller) => ({
      candidates: await command<number>(caller, sweepId, 'raiseBudget', [candidates]),
    })),
    GetFront: unary('viewer', async ({ sweepId }: GetFrontRequest__Output, caller) => ({
      resultJson: JSON.stringify(await published(sweepId, caller)),
    })),
    GetCandidate: unary('viewer', async (request: GetCandidateRequest__Output, { signal }) => {
      const { row, lineage } = await candidateDetail(sweeps.heeding(signal), store, patience, request);
      return { rowJson: JSON.stringify(row), lineageJson: JSON.stringify(lineage) };
    }),
    ExportCandidate: streaming(
      'viewer',
      async function* ({ sweepId, candidate }: ExportCandidateRequest__Output, caller) {
        yield* chunksOf(await candidateFiles(store, await published(sweepId, caller), candidate));
      },
    ),
    GetReport: streaming('viewer', async function* ({ sweepId: asked }: GetReportRequest__Output, caller) {
      const { sweepId } = await published(asked, caller);
      yield* chunksOf(await publishedFiles(store, sweepId));
    }),
  };
}

function shuttingDown(): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_UNREACHABLE', 'The gateway is shutting down');
}

function sentEvent(event: SweepEvent): SweepEventMessage {
  const { sequence, kind, atMs } = event;
  const time = new Date(atMs).toISOString();
  return { sequence, time, kind, message: eventSentence(event), eventJson: JSON.stringify(event) };
}
