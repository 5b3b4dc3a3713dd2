import { prepareDataset } from '../core/datasets/prepare.js';
import { samplerOf } from '../core/search/samplers/index.js';
import { baselineStage } from '../core/search/stages.js';
import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { OrchestratorActivities } from '../core/sweep/activities.js';
import { taskName } from '../core/sweep/task.js';
import { storeModel } from '../core/training/initial-state.js';
import { typedFailures } from './typed-failures.js';

/**
 * Reads data set and model into the store, where every node finds them, and names the baseline's stage by what they hold: a file that
 * changes under its name makes another stage.
 */
export function createPrepareSweep({
  store,
}: {
  readonly store: ArtifactStore;
}): OrchestratorActivities['prepareSweep'] {
  return ({ spec, model: given }) =>
    typedFailures(async () => {
      const { key } = await prepareDataset(spec.dataset, spec.split, store, taskName(spec.task));
      const model = given ?? ('zoo' in spec.model ? spec.model : { stored: await storeModel(spec.model.file, store) });
      return { dataset: key, baseline: baselineStage(spec, key, model), space: samplerOf(spec).size(spec) };
    });
}
