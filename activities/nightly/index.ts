import type { NightlyActivities, NotifyActivities } from '../../core/nightly/activities.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { createCompareNights } from './compare-nights.js';
import { createFindOpponent } from './find-opponent.js';
import { createPickNight } from './pick-night.js';
import { createPostWebhook } from './post-webhook.js';
import { createPublishVersion } from './publish-version.js';
import { createRecordNight } from './record-night.js';
import { createRunCommand } from './run-command.js';

/** All activities of nights on a store. */
export function createNightlyActivities(store: ArtifactStore): NightlyActivities & NotifyActivities {
  return {
    pickNight: createPickNight({ store }),
    findOpponent: createFindOpponent({ store }),
    compareNights: createCompareNights({ store }),
    publishVersion: createPublishVersion({ store }),
    recordNight: createRecordNight({ store }),
    postWebhook: createPostWebhook(),
    runCommand: createRunCommand(),
  };
}
