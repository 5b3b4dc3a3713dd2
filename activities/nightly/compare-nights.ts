import type { NightlyActivities } from '../../core/nightly/activities.js';
import { compareFronts } from '../../core/nightly/compare-fronts.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { typedFailures } from '../typed-failures.js';
import { sweepFront } from './sweep-front.js';

/** Lays last night's front beside tonight's. */
export function createCompareNights({ store }: { readonly store: ArtifactStore }): NightlyActivities['compareNights'] {
  return ({ before, tonight, objectives, dense }) =>
    typedFailures(async () => {
      const [then, now] = await Promise.all([sweepFront(store, before), sweepFront(store, tonight)]);
      return then === null || now === null ? null : compareFronts(then, now, objectives, dense);
    });
}
