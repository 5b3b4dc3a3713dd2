import type { PublishedFiles } from '../../../activities/index.js';
import { PrunefrontError } from '../../../core/errors.js';
import type { NamedBytes } from '../../../core/named-bytes.js';
import { nearest } from '../../../core/nearest.js';
import { modelFolder } from '../../../core/report/model-folder.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import type { SweepResult } from '../../../core/sweep/result.js';

/**
 * A candidate's LayersModel folder with its observation and a model card. `selected` is the one that the policy picked.
 * @throws PrunefrontError `PRUNEFRONT_CANDIDATE_NOT_FOUND`, `PRUNEFRONT_ARTIFACT_*`
 */
export async function candidateFiles(store: ArtifactStore, result: SweepResult, asked: string): Promise<NamedBytes[]> {
  const id = asked === 'selected' ? result.selection.id : asked;
  if (id === null) {
    throw new PrunefrontError('PRUNEFRONT_CANDIDATE_NOT_FOUND', 'No candidate was selected', {
      found: asked,
      hint: result.selection.reason,
    });
  }
  const ok = result.rows.filter((row) => row.status === 'ok');
  const row = ok.find((each) => each.id === id);
  if (row === undefined) {
    const failed = result.rows.find((each) => each.id === id);
    const near = nearest(
      id,
      ok.map((each) => each.id),
    );
    throw new PrunefrontError(
      'PRUNEFRONT_CANDIDATE_NOT_FOUND',
      failed === undefined ? `The sweep has no candidate ${id}` : `Candidate ${id} failed and has no model`,
      {
        found: id,
        allowed: ok.map((each) => each.id).join(', '),
        ...(near === null ? {} : { hint: `did you mean ${near}?` }),
      },
    );
  }
  const record = await store.getRecord(row.stageKey);
  if (record === null)
    throw new PrunefrontError('PRUNEFRONT_ARTIFACT_MISSING', `The model of ${id} is gone or damaged`, {
      place: row.stageKey,
      hint: 'run the same sweep again',
    });
  const { model, card } = await modelFolder(store, record.model, result, id);
  const observation = { name: 'observation.json', bytes: Buffer.from(`${JSON.stringify(row, null, 2)}\n`) };
  return [...model, observation, card];
}

/**
 * The published files of a sweep: report.html and observations.jsonl.
 * @throws PrunefrontError `PRUNEFRONT_SWEEP_STATE` where nothing is published yet
 */
export async function publishedFiles(store: ArtifactStore, sweepId: string): Promise<NamedBytes[]> {
  const published = (await store.getDocument(`sweeps/${sweepId}/published.json`)) as PublishedFiles | null;
  if (published === null)
    throw new PrunefrontError('PRUNEFRONT_SWEEP_STATE', `The sweep ${sweepId} has published nothing yet`, {
      place: sweepId,
      allowed: 'a sweep that has ended',
    });
  return Promise.all(
    Object.entries(published.files).map(async ([name, key]) => ({ name, bytes: await store.getBlob(key) })),
  );
}

/** Whether everything that a sweep hands out is whole in the store. What is not is made again once the sweep is started again. */
export async function isWhole(store: ArtifactStore, result: SweepResult): Promise<boolean> {
  try {
    await publishedFiles(store, result.sweepId);
    const front = result.rows.filter((row) => row.status === 'ok' && (row.onFront || row.candidate === null));
    const records = await Promise.all(front.map(({ stageKey }) => store.getRecord(stageKey)));
    return !records.includes(null);
  } catch (error) {
    if (error instanceof PrunefrontError) return false;
    throw error;
  }
}
