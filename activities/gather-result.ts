import { PrunefrontError } from '../core/errors.js';
import { frontHypervolume } from '../core/evaluation/pareto/front-hypervolume.js';
import { violations } from '../core/evaluation/pareto/violations.js';
import { scoreStage } from '../core/search/stages.js';
import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { EndedCandidate, PublishInput, StageChain } from '../core/sweep/activities.js';
import { denseChain, handedOutChain } from '../core/sweep/folds.js';
import { type CurvePoint, type StageRecord, summarize } from '../core/sweep/observation.js';
import { changeFrom, type ResultRow, type SweepResult } from '../core/sweep/result.js';
import type { Candidate, Stage } from '../core/sweep/stage.js';
import { DENSE, outcomesFolder } from './candidate-chain.js';

/** What a row of the result is made from. */
interface RowSource {
  readonly id: string;
  readonly label: string;
  readonly candidate: Candidate | null;
  readonly stages: readonly Stage[];
}

/**
 * The result of a sweep, from the store. Where a record of it is damaged or gone, there is none, and the chains to run again are named.
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_CORRUPT` where how a candidate ended is no longer known
 */
export async function gatherResult(
  store: ArtifactStore,
  input: PublishInput,
): Promise<{ readonly result: SweepResult | null; readonly damaged: readonly StageChain[] }> {
  const { sweepId, spec, source, baselineStage, baseline, front, selection, startedAtMs } = input;
  const recordOf = rememberedRecords(store);
  const damaged: StageChain[] = [];

  const okRow = async ({ id, label, candidate, stages }: RowSource): Promise<ResultRow | null> => {
    const last = stages.at(-1) ?? baselineStage;
    const dense = denseChain(baselineStage);
    const chain = [...dense, ...stages];
    if (input.scores[id] !== undefined) chain.push(scoreStage(last));
    const records = await Promise.all(chain.map(({ key }) => recordOf(key)));
    const observation = records.at(-1)?.observation;
    if (observation === undefined || records.includes(null)) {
      damaged.push({ id, label, stages: chain });
      return null;
    }
    return {
      ...{ id, label, candidate, stageKey: last.key, status: 'ok', observation },
      onFront: front.some((point) => point.id === id),
      selected: selection.id === id,
      violations: violations(summarize(observation), spec.constraints, baseline),
      ...changeFrom(baseline.summary, observation.validation),
      ...(stages.length > 1 ? { curves: curvesOf(stages, records.slice(dense.length)) } : {}),
    };
  };

  const rows = [await okRow({ id: DENSE, label: DENSE, candidate: null, stages: [] })];
  for (const { candidate, outcome } of await endedCandidates(store, sweepId)) {
    const { id, label, stageKey } = outcome;
    if (outcome.status === 'ok') rows.push(await okRow({ id, label, candidate, stages: candidate.stages }));
    else rows.push({ id, label, candidate, stageKey, status: 'failed', cause: outcome.cause });
  }
  if (damaged.length > 0) return { result: null, damaged };
  const [dense] = rows;
  const result: SweepResult = {
    ...{ sweepId, spec, source, selection },
    rows: rows.filter((row) => row !== null),
    hypervolume: frontHypervolume(front, spec.objectives, baseline),
    startedAt: new Date(startedAtMs).toISOString(),
    finishedAt: new Date().toISOString(),
    versions: dense?.status === 'ok' ? dense.observation.versions : {},
  };
  return { result, damaged: [] };
}

/** Reads each record once: chains share stages, and reading one checks the hashes of all its artifacts. */
function rememberedRecords(store: ArtifactStore): (key: string) => Promise<StageRecord | null> {
  const read = new Map<string, Promise<StageRecord | null>>();
  return (key) => {
    const known = read.get(key) ?? store.getRecord(key);
    read.set(key, known);
    return known;
  };
}

async function endedCandidates(store: ArtifactStore, sweepId: string): Promise<EndedCandidate[]> {
  const paths = await store.listDocuments(outcomesFolder(sweepId));
  return Promise.all(
    paths.map(async (path) => {
      const recorded = (await store.getDocument(path)) as EndedCandidate | null;
      if (recorded !== null) return recorded;
      throw new PrunefrontError('PRUNEFRONT_ARTIFACT_CORRUPT', 'How a candidate ended is no longer readable', {
        place: path,
        hint: 'run the same sweep again; what it trained is in the store',
      });
    }),
  );
}

/** Training curves of the stages that make the model that is handed out; `records` are of all stages. */
function curvesOf(
  stages: readonly Stage[],
  records: readonly (StageRecord | null)[],
): Record<string, readonly CurvePoint[]> {
  const shown = new Set(handedOutChain(stages));
  return Object.fromEntries(
    stages.flatMap((stage, i) => (shown.has(stage) ? [[stage.key, records[i]?.observation.curve ?? []]] : [])),
  );
}
