import { PrunefrontError } from '../../core/errors.js';
import type { NightlyActivities } from '../../core/nightly/activities.js';
import { Publications } from '../../core/nightly/publications.js';
import { evaluationStage } from '../../core/search/stages.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { typedFailures } from '../typed-failures.js';
import { publishedState } from './published-state.js';

/** Names the stage that measures what is published on the data of a night. Where it was made on the same data, it has been measured. */
export function createFindOpponent({ store }: { readonly store: ArtifactStore }): NightlyActivities['findOpponent'] {
  const publications = new Publications(store);
  return ({ publication, spec, stageKey }) =>
    typedFailures(async () => {
      const manifest = await publications.currentManifest(publication);
      if (manifest === null) return null;
      const { version, lineage } = manifest;
      const dataset = await datasetOf(store, stageKey);
      const made = lineage.dataset === dataset ? await store.getRecord(lineage.stageKey) : null;
      const stage = made?.stage ?? evaluationStage(spec, dataset, await publishedState(store, manifest));
      return { version, label: lineage.label, stageKey: lineage.stageKey, stage };
    });
}

async function datasetOf(store: ArtifactStore, stageKey: string): Promise<string> {
  const record = await store.getRecord(stageKey);
  if (record !== null) return record.stage.dataset;
  throw new PrunefrontError('PRUNEFRONT_ARTIFACT_MISSING', 'A stage of the night has no whole record', {
    place: stageKey,
  });
}
