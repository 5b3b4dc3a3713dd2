import { PrunefrontError } from '../errors.js';
import type { ArtifactStore } from '../store/artifact-store.js';
import type { StageRecord } from '../sweep/observation.js';
import { epochOf, type StartingPoint } from '../sweep/schedule.js';
import { decodeState, type ModelState } from './stage-state.js';

/**
 * What the baseline was early in its training.
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_MISSING` where it kept nothing of that epoch, `PRUNEFRONT_ARTIFACT_CORRUPT`
 */
export async function earlierState(
  { rewindStates }: Pick<StageRecord, 'rewindStates'>,
  point: StartingPoint,
  store: ArtifactStore,
): Promise<ModelState> {
  const epoch = epochOf(point);
  const key = rewindStates[String(epoch)];
  if (key === undefined) {
    throw new PrunefrontError('PRUNEFRONT_ARTIFACT_MISSING', `The baseline kept no weights of epoch ${epoch}`, {
      place: 'rewind',
    });
  }
  return decodeState(await store.getBlob(key));
}
