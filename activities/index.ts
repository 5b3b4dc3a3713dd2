import type { NightlyActivities, NotifyActivities } from '../core/nightly/activities.js';
import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { OrchestratorActivities } from '../core/sweep/activities.js';
import { createNightlyActivities } from './nightly/index.js';
import { createPrepareSweep } from './prepare-sweep.js';
import { createPublish } from './publish.js';
import { createRecordEvents } from './record-events.js';
import { createRecordOutcomes } from './record-outcomes.js';
import { createScoreStages } from './score-stages.js';
import { createSelect } from './select.js';
import { createSuggest } from './suggest.js';

/** All activities of the orchestrator worker on a store. */
export function createOrchestratorActivities(
  store: ArtifactStore,
): OrchestratorActivities & NightlyActivities & NotifyActivities {
  return {
    ...createNightlyActivities(store),
    prepareSweep: createPrepareSweep({ store }),
    suggest: createSuggest(),
    recordOutcomes: createRecordOutcomes({ store }),
    recordEvents: createRecordEvents({ store }),
    select: createSelect(),
    scoreStages: createScoreStages({ store }),
    publish: createPublish({ store }),
  };
}

export type { PublishedFiles } from './publish.js';
export { createRunStage } from './run-stage.js';
export { NodeDrains, type SlotLease, type SlotPool, type TrainerOutcome } from './slots.js';
export { methodOf, type StageEnd, type StageObserver } from './stage-observer.js';
