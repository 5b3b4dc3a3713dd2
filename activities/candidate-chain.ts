import { PrunefrontError } from '../core/errors.js';
import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { EndedCandidate } from '../core/sweep/activities.js';
import { denseChain } from '../core/sweep/folds.js';
import type { Stage } from '../core/sweep/stage.js';

/** Id of the dense model among the points of a front. */
export const DENSE = 'dense';

/**
 * The stages that make a candidate of a sweep, from the dense model's on.
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_MISSING` where nothing is recorded of it
 */
export async function candidateChain(
  store: ArtifactStore,
  sweepId: string,
  baselineStage: Stage,
  id: string,
): Promise<readonly Stage[]> {
  if (id === DENSE) return denseChain(baselineStage);
  const path = outcomePath(sweepId, id);
  const recorded = (await store.getDocument(path)) as EndedCandidate | null;
  if (recorded !== null) return [...denseChain(baselineStage), ...recorded.candidate.stages];
  throw new PrunefrontError('PRUNEFRONT_ARTIFACT_MISSING', `How ${id} ended is no longer recorded`, {
    place: path,
    hint: 'run the same sweep again; what it trained is in the store',
  });
}

/** Document that keeps how a candidate ended. */
export function outcomePath(sweepId: string, id: string): string {
  return `${outcomesFolder(sweepId)}/${id}.json`;
}

/** Folder of the documents that keep how the candidates of a sweep ended. */
export function outcomesFolder(sweepId: string): string {
  return `sweeps/${sweepId}/outcomes`;
}
