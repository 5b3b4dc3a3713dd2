import { PrunefrontError } from '../../core/errors.js';
import type { NightlyActivities } from '../../core/nightly/activities.js';
import { Publications } from '../../core/nightly/publications.js';
import { modelFolder } from '../../core/report/model-folder.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { denseChain } from '../../core/sweep/folds.js';
import type { SweepResult } from '../../core/sweep/result.js';
import { typedFailures } from '../typed-failures.js';

/** Publishes the selected candidate of a sweep under the name of the spec. */
export function createPublishVersion({
  store,
}: {
  readonly store: ArtifactStore;
}): NightlyActivities['publishVersion'] {
  const publications = new Publications(store);
  return ({ schedule, runId, spec, source, sweepId, input, selected }) =>
    typedFailures(async () => {
      const { candidate, label, stageKey, summary } = selected;
      const { name, folder } = spec.nightly.publish;
      const result = (await store.getDocument(`sweeps/${sweepId}/result.json`)) as SweepResult | null;
      const row = result?.rows.find(({ id }) => id === candidate);
      const record = await store.getRecord(stageKey);
      if (result === null || row === undefined || record === null) {
        throw new PrunefrontError('PRUNEFRONT_ARTIFACT_MISSING', `The model of ${candidate} is gone or damaged`, {
          place: `${sweepId} ${stageKey}`,
          hint: 'the next night makes it again',
        });
      }
      const dense = await store.getRecord(record.stage.baseline);
      const ofDense = dense === null ? [record.stage.baseline] : denseChain(dense.stage).map(({ key }) => key);
      const stageKeys = [...ofDense, ...(row.candidate?.stages ?? []).map(({ key }) => key)];
      const { dataset } = record.stage;
      const previousVersion = (await publications.current(name))?.version ?? null;
      const lineage = {
        schedule,
        runId,
        sweepId,
        candidate,
        label,
        stageKey,
        stageKeys,
        dataset,
        input,
        previousVersion,
      };
      const { model, card } = await modelFolder(store, record.model, result, candidate);
      const published = { name, metrics: summary, lineage, spec: source, folder };
      const { version } = await publications.publish(published, [...model, card]);
      return version;
    });
}
