import { DENSE, outcomePath } from '../../../activities/candidate-chain.js';
import { PrunefrontError } from '../../../core/errors.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import type { EndedCandidate } from '../../../core/sweep/activities.js';
import type { LineageStage } from '../../../core/sweep/lineage.js';
import type { StageRecord } from '../../../core/sweep/observation.js';
import type { FrontPoint, SweepProgress } from '../../../core/sweep/progress.js';
import { changeFrom, type ResultRow } from '../../../core/sweep/result.js';
import { qualityOf } from '../../../core/sweep/task.js';
import { noOrchestrator, type Patience } from './patience.js';
import { snapshotOf } from './snapshot.js';
import type { FoundSweep, Sweeps } from './sweeps.js';

/** A candidate with the stages that made it. */
export interface CandidateDetail {
  readonly row: ResultRow;
  readonly lineage: readonly LineageStage[];
}

/** Which candidate; `stageKey` is empty where the caller does not know it. */
export interface AskedCandidate {
  readonly sweepId: string;
  readonly candidate: string;
  readonly stageKey: string;
}

const STAGE_KEY = /^[0-9a-f]{64}$/;

/**
 * One candidate in full: of the published result where there is one, else from the records of its stages.
 * @throws PrunefrontError `PRUNEFRONT_SWEEP_NOT_FOUND`, `PRUNEFRONT_CANDIDATE_NOT_FOUND`
 */
export async function candidateDetail(
  sweeps: Sweeps,
  store: ArtifactStore,
  patience: Patience,
  asked: AskedCandidate,
): Promise<CandidateDetail> {
  const row = await publishedRow(sweeps, asked);
  if (row !== null) return { row, lineage: await lineageOf(store, row.stageKey) };
  const found = await sweeps.find(asked.sweepId);
  const published = await publishedRow(sweeps, { ...asked, sweepId: found.sweepId });
  if (published !== null) return { row: published, lineage: await lineageOf(store, published.stageKey) };
  return liveDetail(found, store, patience, asked);
}

async function publishedRow(sweeps: Sweeps, { sweepId, candidate }: AskedCandidate): Promise<ResultRow | null> {
  // No name of a sweep leads out of its folder.
  if (!/^[A-Za-z0-9][\w.-]*$/.test(sweepId)) return null;
  return (await sweeps.result(sweepId))?.rows.find(({ id }) => id === candidate) ?? null;
}

async function liveDetail(
  { sweepId, handle }: FoundSweep,
  store: ArtifactStore,
  patience: Patience,
  { candidate: id, stageKey }: AskedCandidate,
): Promise<CandidateDetail> {
  const progress = (await snapshotOf(handle, patience, null))?.progress;
  if (progress === undefined) throw noOrchestrator(sweepId);
  const ended = /^[\w.-]+$/.test(id)
    ? ((await store.getDocument(outcomePath(sweepId, id))) as EndedCandidate | null)
    : null;
  if (ended?.outcome.status === 'failed') {
    const { label, cause, stageKey: key } = ended.outcome;
    const row: ResultRow = { id, label, candidate: ended.candidate, stageKey: key, status: 'failed', cause };
    return { row, lineage: await lineageOf(store, key) };
  }
  const point = ended?.outcome ?? knownPoint(progress, id);
  const key = point?.stageKey ?? (STAGE_KEY.test(stageKey) ? stageKey : null);
  const record = key === null ? null : await store.getRecord(key);
  if (key === null || record === null) throw notKnown(sweepId, id);
  const { observation } = record;
  const row: ResultRow = {
    ...{ id, label: point?.label ?? id, candidate: ended?.candidate ?? null, stageKey: key, status: 'ok', observation },
    onFront: progress.front.some((each) => each.id === id),
    selected: progress.selected?.id === id,
    violations: [],
    ...changeFrom(progress.baseline?.summary ?? observation.validation, observation.validation),
  };
  return { row, lineage: await lineageOf(store, key) };
}

function knownPoint({ baseline, front }: SweepProgress, id: string): FrontPoint | null {
  if (id === DENSE) return baseline;
  return front.find((point) => point.id === id) ?? null;
}

/** From the dense model on; what the store has lost ends it. */
async function lineageOf(store: ArtifactStore, stageKey: string): Promise<LineageStage[]> {
  const stages: LineageStage[] = [];
  for (let key: string | null = stageKey; key !== null; ) {
    const record: StageRecord | null = await store.getRecord(key);
    if (record === null) break;
    stages.unshift(lineageStage(record));
    key = record.stage.parent;
  }
  return stages;
}

function lineageStage({ stage, observation, ranOn, startedAt, finishedAt, resumedAt }: StageRecord): LineageStage {
  const { key, parent, operation, seed } = stage;
  const { validation, reachedSparsity, bytesGzip, curve } = observation;
  return {
    ...{ key, parent, operation, seed, ranOn, startedAt, finishedAt, resumedAt },
    ...qualityOf(validation),
    ...{ reachedSparsity, bytesGzip, curve },
  };
}

function notKnown(sweepId: string, id: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_CANDIDATE_NOT_FOUND', `Nothing is known yet of ${id}`, {
    place: sweepId,
    found: id,
    allowed: 'a candidate that has ended',
  });
}
