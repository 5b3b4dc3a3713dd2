import { setTimeout as sleep } from 'node:timers/promises';
import { PrunefrontError } from '../../../core/errors.js';
import { planSweep } from '../../../core/search/plan.js';
import { parseSpec } from '../../../core/spec/parse-spec.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import type { CancelSweepRequest__Output } from '../../../proto/generated/prunefront/v1/CancelSweepRequest.js';
import type { ExportCandidateRequest__Output } from '../../../proto/generated/prunefront/v1/ExportCandidateRequest.js';
import type { GetCandidateRequest__Output } from '../../../proto/generated/prunefront/v1/GetCandidateRequest.js';
import type { GetFrontRequest__Output } from '../../../proto/generated/prunefront/v1/GetFrontRequest.js';
import type { GetReportRequest__Output } from '../../../proto/generated/prunefront/v1/GetReportRequest.js';
import type { GetSweepRequest__Output } from '../../../proto/generated/prunefront/v1/GetSweepRequest.js';
import type { PauseSweepRequest__Output } from '../../../proto/generated/prunefront/v1/PauseSweepRequest.js';
import type { PlanSweepRequest__Output } from '../../../proto/generated/prunefront/v1/PlanSweepRequest.js';
import type { RaiseBudgetRequest__Output } from '../../../proto/generated/prunefront/v1/RaiseBudgetRequest.js';
import type { ResumeSweepRequest__Output } from '../../../proto/generated/prunefront/v1/ResumeSweepRequest.js';
import type { SpecSource__Output } from '../../../proto/generated/prunefront/v1/SpecSource.js';
import type { StartSweepRequest__Output } from '../../../proto/generated/prunefront/v1/StartSweepRequest.js';
import type { SweepServiceHandlers } from '../../../proto/generated/prunefront/v1/SweepService.js';
import type { WatchSweepRequest__Output } from '../../../proto/generated/prunefront/v1/WatchSweepRequest.js';
import { candidateDetail } from '../sweeps/candidate-detail.js';
import { checkData, isKnownToFit } from '../sweeps/check-data.js';
import { candidateFiles, publishedFiles } from '../sweeps/exports.js';
import { chunksOf } from '../sweeps/file-stream.js';
import { noOrchestrator, type Patience } from '../sweeps/patience.js';
import { publishedResult } from '../sweeps/published-result.js';
import { snapshotOf } from '../sweeps/snapshot.js';
import type { SweepHub } from '../sweeps/sweep-hub.js';
import type { Sweeps } from '../sweeps/sweeps.js';
import { type Calls, streaming, unary } from './call.js';

/** A sweep that has just ended is told to its end, also where the stack ends with it. */
const LAST_LOOK_MS = 500;

/** What the calls on sweeps work with. */
export interface SweepCallsOptions {
  readonly sweeps: Sweeps;
  readonly hub: SweepHub;
  readonly patience: Patience;
  readonly store: ArtifactStore;
  /** Slots and speed that plans assume. */
  readonly assumed: { readonly slots: number; readonly examplesPerSecond: number };
  /** Fires when the gateway shuts down. */
  readonly closing: AbortSignal;
}

/** The calls of `SweepService`. */
export function sweepCalls({
  sweeps,
  hub,
  patience,
  store,
  assumed,
  closing,
}: SweepCallsOptions): Calls<keyof SweepServiceHandlers & string> {
  const published = (sweepId: string) => publishedResult(sweeps, sweepId);
  return {
    PlanSweep: unary('viewer', async ({ spec }: PlanSweepRequest__Output) => {
      const parsed = await readSpec(spec);
      return { planJson: JSON.stringify(planSweep(parsed, { ...assumed, ...(await checkData(parsed)) })) };
    }),
    StartSweep: unary('operator', async ({ spec }: StartSweepRequest__Output) => {
      const parsed = await readSpec(spec);
      if (!isKnownToFit(parsed)) await checkData(parsed);
      return sweeps.start(parsed, spec?.text ?? '');
    }),
    GetSweep: unary('viewer', async ({ sweepId }: GetSweepRequest__Output) => {
      const found = await sweeps.find(sweepId);
      const now = await snapshotOf(found.handle, patience, null);
      if (now === null) throw noOrchestrator(found.sweepId);
      return { snapshot: now.snapshot };
    }),
    WatchSweep: streaming('viewer', async function* ({ sweepId }: WatchSweepRequest__Output, { signal }) {
      const found = await sweeps.find(sweepId);
      for await (const { snapshot } of hub.watch(found, signal)) yield { snapshot };
      if (!closing.aborted) return;
      const last = await Promise.race([snapshotOf(found.handle, patience, null), sleep(LAST_LOOK_MS, null)]);
      // Without an error the client would take it for the end of the sweep.
      if (last?.isRunning !== false)
        throw new PrunefrontError('PRUNEFRONT_UNREACHABLE', 'The gateway is shutting down');
      yield { snapshot: last.snapshot };
    }),
    // biome-ignore lint/correctness/useYield: TODO(gateway helper)
    WatchEvents: streaming('viewer', async function* () {
      throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'not yet');
    }),
    ListSweeps: unary('viewer', async () => ({ sweeps: await sweeps.list() })),
    PauseSweep: unary('operator', async ({ sweepId }: PauseSweepRequest__Output) => {
      await sweeps.command(sweepId, 'pause');
      return {};
    }),
    ResumeSweep: unary('operator', async ({ sweepId }: ResumeSweepRequest__Output) => {
      await sweeps.command(sweepId, 'resume');
      return {};
    }),
    CancelSweep: unary('operator', async ({ sweepId }: CancelSweepRequest__Output) => {
      await sweeps.command(sweepId, 'cancel');
      return {};
    }),
    RaiseBudget: unary('operator', async ({ sweepId, candidates }: RaiseBudgetRequest__Output) => ({
      candidates: await sweeps.command<number>(sweepId, 'raiseBudget', [candidates]),
    })),
    GetFront: unary('viewer', async ({ sweepId }: GetFrontRequest__Output) => ({
      resultJson: JSON.stringify(await published(sweepId)),
    })),
    GetCandidate: unary('viewer', async ({ sweepId, candidate, stageKey }: GetCandidateRequest__Output) => {
      const { row, lineage } = await candidateDetail(sweeps, store, patience, { sweepId, candidate, stageKey });
      return { rowJson: JSON.stringify(row), lineageJson: JSON.stringify(lineage) };
    }),
    ExportCandidate: streaming('viewer', async function* ({ sweepId, candidate }: ExportCandidateRequest__Output) {
      yield* chunksOf(await candidateFiles(store, await published(sweepId), candidate));
    }),
    GetReport: streaming('viewer', async function* ({ sweepId: asked }: GetReportRequest__Output) {
      const { sweepId } = await published(asked);
      yield* chunksOf(await publishedFiles(store, sweepId));
    }),
  };
}

function readSpec(spec: SpecSource__Output | null) {
  return parseSpec({ text: spec?.text ?? '', fileName: spec?.fileName ?? 'spec', baseFolder: spec?.baseFolder ?? '.' });
}
