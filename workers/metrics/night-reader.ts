import { type NightRecord, nightsFolder } from '../../core/nightly/night.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';

/** Reads the records of nights for every scrape, each from the store only once: what a night came to never changes. */
export class NightReader {
  private readonly known = new Map<string, NightRecord>();

  constructor(private readonly store: ArtifactStore) {}

  /** All nights of a schedule that have ended, newest first. */
  async all(schedule: string): Promise<NightRecord[]> {
    const paths = await this.store.listDocuments(nightsFolder(schedule));
    const nights = await Promise.all(paths.map((path) => this.night(path)));
    return nights.filter((night) => night !== null).reverse();
  }

  private async night(path: string): Promise<NightRecord | null> {
    const known = this.known.get(path);
    if (known !== undefined) return known;
    const night = (await this.store.getDocument(path)) as NightRecord | null;
    if (night !== null) this.known.set(path, night);
    return night;
  }
}
