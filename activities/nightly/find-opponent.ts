import { PrunefrontError } from '../../core/errors.js';
import type { NightlyActivities } from '../../core/nightly/activities.js';
import { Publications } from '../../core/nightly/publications.js';
import { evaluationOn } from '../../core/search/folds.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { denseChain } from '../../core/sweep/folds.js';
import type { Stage } from '../../core/sweep/stage.js';
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
      const dense = await stageWith(store, stageKey);
      const made = lineage.dataset === dense.dataset ? await store.getRecord(lineage.stageKey) : null;
      const opponent = { version, label: lineage.label, stageKey: lineage.stageKey };
      if (made !== null) return { ...opponent, stage: made.stage };
      const stage = evaluationOn(spec, dense, await publishedState(store, manifest));
      const before = denseChain(stage).slice(0, -1);
      return { ...opponent, stage, ...(before.length === 0 ? {} : { before }) };
    });
}

async function stageWith(store: ArtifactStore, stageKey: string): Promise<Stage> {
  const record = await store.getRecord(stageKey);
  if (record !== null) return record.stage;
  throw new PrunefrontError('PRUNEFRONT_ARTIFACT_MISSING', 'A stage of the night has no whole record', {
    place: stageKey,
  });
}
