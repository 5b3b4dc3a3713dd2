import type { NightlyActivities, NightSpec, PickedNight } from '../../core/nightly/activities.js';
import type { FrontMember } from '../../core/nightly/compare-fronts.js';
import { nightFingerprint } from '../../core/nightly/fingerprint.js';
import type { Manifest } from '../../core/nightly/manifest.js';
import { NightLog } from '../../core/nightly/night-log.js';
import { Publications } from '../../core/nightly/publications.js';
import { newestData, newestModel } from '../../core/nightly/watched-folder.js';
import { fileHashes } from '../../core/spec/named-files.js';
import { sweepIdOf, withoutNights } from '../../core/spec/sweep-id.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import type { InitialModel } from '../../core/sweep/stage.js';
import { typedFailures } from '../typed-failures.js';
import { publishedState } from './published-state.js';
import { sweepFront } from './sweep-front.js';

/** Finds the newest model or data of the watched folder, and what the last night made of it. */
export function createPickNight({ store }: { readonly store: ArtifactStore }): NightlyActivities['pickNight'] {
  const log = new NightLog(store);
  const publications = new Publications(store);
  return ({ schedule, spec: given }) =>
    typedFailures(async (): Promise<PickedNight> => {
      const { spec, newest } = await withNewest(given);
      const hashes = await fileHashes(spec);
      const fingerprint = nightFingerprint(spec, hashes);
      const isData = 'data' in given.nightly.watch;
      const published = isData ? await publications.currentManifest(given.nightly.publish.name) : null;
      const model = published === null ? null : await storedModel(store, published);
      const last = await log.lastJudged(schedule);
      const front = last === null || last.sweepId === null ? null : await sweepFront(store, last.sweepId);
      return {
        spec: withoutNights(spec),
        model,
        sweepId: await sweepIdOf(spec, model ?? undefined),
        input: { kind: isData ? 'data' : 'model', files: hashes, newest, trainedOn: published?.version ?? null },
        fingerprint,
        lastSweepId: last?.sweepId ?? null,
        startFrom: (front ?? []).flatMap(({ point }: FrontMember) => (point === null ? [] : [point])),
        isUnchanged: last?.fingerprint === fingerprint,
      };
    });
}

async function withNewest(spec: NightSpec): Promise<{ readonly spec: NightSpec; readonly newest: string }> {
  const { watch } = spec.nightly;
  if ('models' in watch) {
    const newest = await newestModel(watch.models);
    return { spec: { ...spec, model: { file: newest } }, newest };
  }
  const { dataset, newest } = await newestData(watch.data, spec.dataset);
  return { spec: { ...spec, dataset }, newest };
}

async function storedModel(store: ArtifactStore, manifest: Manifest): Promise<InitialModel> {
  return { stored: await publishedState(store, manifest) };
}
