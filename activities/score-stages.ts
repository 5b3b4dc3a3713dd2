import { scoreStage } from '../core/search/stages.js';
import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { OrchestratorActivities } from '../core/sweep/activities.js';
import { typedFailures } from './typed-failures.js';

/** The stages that score finalists on the test split. */
export function createScoreStages({ store }: { readonly store: ArtifactStore }): OrchestratorActivities['scoreStages'] {
  return ({ points }) =>
    typedFailures(() =>
      Promise.all(
        points.map(async (point) => {
          const record = await store.getRecord(point.stageKey);
          return { point, stage: scoreStage(record?.stage ?? { key: point.stageKey, baseline: point.stageKey, dataset: '', seed: 0 }) };
        }),
      ),
    );
}
