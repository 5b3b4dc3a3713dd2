import { CONTAINER_FILE, topologyIn, WEIGHTS_FILE } from '../models/model-file.js';
import type { NamedBytes } from '../named-bytes.js';
import type { ArtifactStore } from '../store/artifact-store.js';
import type { StageRecord } from '../sweep/observation.js';
import type { SweepResult } from '../sweep/result.js';
import { modelCard } from './model-card.js';

/**
 * The files that a model is handed out as: those that load, and the README that says what it is.
 * @param id a candidate that was measured, or `dense`
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_*`; `PRUNEFRONT_CANDIDATE_NOT_FOUND` as `modelCard` does
 */
export async function modelFolder(
  store: ArtifactStore,
  { topology, weights, container }: StageRecord['model'],
  result: SweepResult,
  id: string,
): Promise<{ readonly model: readonly NamedBytes[]; readonly card: NamedBytes }> {
  const modelJson = await store.getBlob(topology);
  const model = [
    { name: 'model.json', bytes: modelJson },
    { name: WEIGHTS_FILE, bytes: await store.getBlob(weights) },
    ...(container === undefined ? [] : [{ name: CONTAINER_FILE, bytes: await store.getBlob(container) }]),
  ];
  const card = { name: 'README.md', bytes: Buffer.from(modelCard(result, id, topologyIn(modelJson))) };
  return { model, card };
}
