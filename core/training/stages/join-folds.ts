import type { ArtifactStore } from '../../store/artifact-store.js';
import { overFolds } from '../../sweep/folds.js';
import type { Stage } from '../../sweep/stage.js';
import { type Finished, handedOn } from './stage-context.js';
import { StageSources } from './stage-sources.js';

/**
 * The model of the first fold with the scores of all.
 * @param of - the last stage of each fold
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_MISSING` where one has no record that is whole
 */
export async function joinFolds(of: readonly Stage[], store: ArtifactStore): Promise<Finished> {
  const sources = new StageSources(store);
  const [first, ...others] = of;
  const record = await sources.record(first?.key ?? null);
  const further = await Promise.all(others.map(({ key }) => sources.record(key)));
  const observations = further.map((other) => other.observation);
  return handedOn(record, overFolds(record.observation, observations));
}
