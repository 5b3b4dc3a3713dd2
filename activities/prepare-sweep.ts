import { prepareDataset, prepareFolds } from '../core/datasets/prepare.js';
import { denseStage } from '../core/search/folds.js';
import { samplerOf } from '../core/search/samplers/index.js';
import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { OrchestratorActivities } from '../core/sweep/activities.js';
import { taskName } from '../core/sweep/task.js';
import { storeModel } from '../core/training/stages/initial-state.js';
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
      const { dataset: source, split } = spec;
      const task = taskName(spec.task);
      const prepared =
        'folds' in split
          ? await prepareFolds(source, split, store, task)
          : [await prepareDataset(source, split, store, task)];
      const model = given ?? ('zoo' in spec.model ? spec.model : { stored: await storeModel(spec.model.file, store) });
      const keys = prepared.map(({ key }) => key);
      const baseline = denseStage(spec, keys, model);
      return { dataset: baseline.dataset, baseline, space: samplerOf(spec).size(spec) };
    });
}
