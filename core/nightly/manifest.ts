import type { ObservationSummary } from '../sweep/observation.js';
import type { NightInput } from './night.js';

/** A file of a published version. */
export interface PublishedFile {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Where a published version comes from. */
export interface Lineage {
  readonly schedule: string;
  /** Id of the night's workflow run. */
  readonly runId: string;
  readonly sweepId: string;
  readonly candidate: string;
  readonly label: string;
  /** Key of the stage whose model it is. */
  readonly stageKey: string;
  /** Keys of the stages that make it, the dense model's first. */
  readonly stageKeys: readonly string[];
  /** Blob key of the prepared data set that it was trained and measured on. */
  readonly dataset: string;
  readonly input: NightInput;
  /** Version that was current before; null for the first. */
  readonly previousVersion: number | null;
}

/** What there is to know of a published version: the document `published/NAME/versions/N.json` of the store, and `manifest.json` beside its model. */
export interface Manifest {
  readonly name: string;
  /** 1, 2, 3, … */
  readonly version: number;
  /** RFC 3339. */
  readonly publishedAt: string;
  /** `model.json`, its weights, its container and README.md; their hashes are their keys in the store. */
  readonly files: readonly PublishedFile[];
  /** As measured on the data of its night. */
  readonly metrics: ObservationSummary;
  readonly lineage: Lineage;
  /** The spec as its user wrote it. */
  readonly spec: string;
  /** Folder on disk that has a copy; null where none does. */
  readonly folder: string | null;
}

/** Which version a name stands for: the document `published/NAME/current.json`. */
export interface CurrentVersion {
  readonly version: number;
  /** RFC 3339. */
  readonly since: string;
  /** Schedule that published it, or who rolled back to it. */
  readonly by: string;
}
