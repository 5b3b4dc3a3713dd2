import type { ArtifactStore } from '../../store/artifact-store.js';
import { overFolds } from '../../sweep/folds.js';
import type { StageRecord } from '../../sweep/observation.js';
import type { Stage } from '../../sweep/stage.js';
import { StageSources } from './stage-sources.js';

/**
 * The model of the first fold with the scores of all.
 * @param of - the last stage of each fold
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_MISSING` where one has no record that is whole
 */
export async function joinFolds(
  of: readonly Stage[],
  store: ArtifactStore,
): Promise<Pick<StageRecord, 'observation' | 'state' | 'model' | 'rewindStates' | 'resumedAt'>> {
  const sources = new StageSources(store);
  const [first, ...others] = of;
  const { observation, state, model } = await sources.record(first?.key ?? null);
  const further = await Promise.all(others.map(({ key }) => sources.record(key)));
  return {
    observation: overFolds(
      observation,
      further.map((record) => record.observation),
    ),
    ...{ state, model, rewindStates: {}, resumedAt: [] },
  };
}
