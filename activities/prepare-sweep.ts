import { prepareDataset } from '../core/datasets/prepare.js';
import { samplerOf } from '../core/search/samplers/index.js';
import { baselineStage } from '../core/search/stages.js';
import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { OrchestratorActivities } from '../core/sweep/activities.js';
import { typedFailures } from './typed-failures.js';

/** Reads and splits the data set into the store, and names the baseline's stage. */
export function createPrepareSweep({
  store,
}: {
  readonly store: ArtifactStore;
}): OrchestratorActivities['prepareSweep'] {
  return ({ spec }) =>
    typedFailures(async () => {
      const { key } = await prepareDataset(spec.dataset, spec.split, store);
      return { dataset: key, baseline: baselineStage(spec, key), space: samplerOf(spec).size(spec) };
    });
}
