import { loadPrepared, type PreparedData } from '../../datasets/prepare.js';
import type { ArtifactStore } from '../../store/artifact-store.js';
import { LastUsed } from './last-used.js';

/** The prepared data sets of a process, the ones used last: reading one costs its whole file, a hash and a copy. */
export class DataCache {
  private readonly known: LastUsed<PreparedData>;

  /** @param limit - bytes that are kept; the newest stays, however big */
  constructor(limit: number) {
    this.known = new LastUsed(limit, bytesOf);
  }

  /** Bytes of all data sets that are kept. */
  get bytes(): number {
    return this.known.bytes;
  }

  /**
   * The data set with this key, from memory where it is there.
   * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_MISSING`, `PRUNEFRONT_ARTIFACT_CORRUPT`
   */
  async load(store: ArtifactStore, key: string): Promise<PreparedData> {
    const known = this.known.use(key);
    if (known !== undefined) return known;
    const data = await loadPrepared(store, key);
    this.known.keep(key, data);
    return data;
  }
}

function bytesOf({ x, labels, targets, train, validation, test }: PreparedData): number {
  const values = targets === undefined ? [] : [targets.values];
  return [x, labels, ...values, train, validation, test].reduce((sum, { byteLength }) => sum + byteLength, 0);
}
