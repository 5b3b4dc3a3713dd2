import { PrunefrontError } from '../../errors.js';
import type { ArtifactStore } from '../../store/artifact-store.js';
import type { StageRecord } from '../../sweep/observation.js';
import { decodeState, type ModelState } from '../stage-state.js';

/** The stages that a stage builds on, each read from the store once: its parent and its baseline are often the same. */
export class StageSources {
  private readonly records = new Map<string, Promise<StageRecord>>();
  private readonly states = new Map<string, Promise<ModelState>>();

  constructor(readonly store: ArtifactStore) {}

  /**
   * The record of a stage.
   * @param key - its key; null is a parent that should be there
   * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_MISSING` where it has none that is whole
   */
  record(key: string | null): Promise<StageRecord> {
    return once(this.records, String(key), async () => {
      const record = key === null ? null : await this.store.getRecord(key);
      if (record !== null) return record;
      throw new PrunefrontError('PRUNEFRONT_ARTIFACT_MISSING', 'The parent stage has no whole record', {
        place: String(key),
      });
    });
  }

  /**
   * The state that a stage came to.
   * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_MISSING`, `PRUNEFRONT_ARTIFACT_CORRUPT`
   */
  state(key: string | null): Promise<ModelState> {
    return once(this.states, String(key), async () =>
      decodeState(await this.store.getBlob((await this.record(key)).state)),
    );
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? read();
  known.set(key, found);
  return found;
}
