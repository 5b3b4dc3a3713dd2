import { frontHypervolume } from '../core/evaluation/pareto/front-hypervolume.js';
import { violations } from '../core/evaluation/pareto/violations.js';
import { observationLines } from '../core/report/observation-lines.js';
import { renderReport } from '../core/report/render-report.js';
import { PrunefrontError } from '../core/errors.js';
import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { OrchestratorActivities, PublishInput } from '../core/sweep/activities.js';
import { type Observation, summarize } from '../core/sweep/observation.js';
import type { ResultRow, SweepResult } from '../core/sweep/result.js';
import type { RecordedOutcome } from './record-outcome.js';
import { typedFailures } from './typed-failures.js';

/** Where the files of a published sweep are: blob keys by file name. */
export interface PublishedFiles {
  readonly files: Readonly<Record<string, string>>;
}

/** Gathers the result from the store and writes it, the report and the observations back. */
export function createPublish({ store }: { readonly store: ArtifactStore }): OrchestratorActivities['publish'] {
  return (input) =>
    typedFailures(async () => {
      const result = await gatherResult(store, input);
      const put = (text: string): Promise<string> => store.putBlob(Buffer.from(text));
      const files = { 'report.html': await put(renderReport(result)), 'observations.jsonl': await put(observationLines(result)) };
      await store.putDocument(`sweeps/${input.sweepId}/result.json`, result);
      await store.putDocument(`sweeps/${input.sweepId}/published.json`, { files } satisfies PublishedFiles);
    });
}

async function gatherResult(store: ArtifactStore, input: PublishInput): Promise<SweepResult> {
  const { sweepId, spec, source, baseline, front, scores, selection, startedAtMs } = input;
  const observationOf = async (id: string, stageKey: string): Promise<Observation> => {
    const record = await store.getRecord(scores[id] ?? stageKey);
    if (record === null) throw new PrunefrontError('PRUNEFRONT_ARTIFACT_MISSING', `The record of ${id} is gone`, { place: stageKey });
    return record.observation;
  };
  const onFront = new Set(front.map(({ id }) => id));
  const okRow = async (id: string, label: string, stageKey: string): Promise<Extract<ResultRow, { status: 'ok' }>> => {
    const observation = await observationOf(id, stageKey);
    return {
      id,
      label,
      candidate: null,
      stageKey,
      status: 'ok',
      observation,
      onFront: onFront.has(id),
      selected: selection.id === id,
      violations: violations(summarize(observation), spec.constraints, baseline),
      accuracyChange: observation.validation.accuracy - baseline.summary.accuracy,
    };
  };
  const paths = await store.listDocuments(`sweeps/${sweepId}/outcomes`);
  const rows: ResultRow[] = [await okRow('dense', 'dense', baseline.stageKey)];
  for (const path of paths) {
    const recorded = (await store.getDocument(path)) as RecordedOutcome | null;
    if (recorded === null) continue;
    const { candidate, outcome } = recorded;
    if (outcome.status === 'ok') rows.push({ ...(await okRow(outcome.id, outcome.label, outcome.stageKey)), candidate });
    else rows.push({ id: outcome.id, label: outcome.label, candidate, stageKey: outcome.stageKey, status: 'failed', cause: outcome.cause });
  }
  return {
    sweepId,
    spec,
    source,
    rows,
    selection,
    hypervolume: frontHypervolume(front, spec.objectives, baseline),
    startedAt: new Date(startedAtMs).toISOString(),
    finishedAt: new Date().toISOString(),
    versions: rows[0]?.status === 'ok' ? rows[0].observation.versions : {},
  };
}
