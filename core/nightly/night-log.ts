import type { ArtifactStore } from '../store/artifact-store.js';
import { type NightRecord, nightPath, nightsFolder } from './night.js';

/** The nights of all schedules, as the store keeps them. */
export class NightLog {
  constructor(private readonly store: ArtifactStore) {}

  /** Keeps a night; a second time replaces the first. */
  record(night: NightRecord): Promise<void> {
    return this.store.putDocument(nightPath(night), night);
  }

  /** The newest nights of a schedule, newest first. */
  async newest(schedule: string, count: number): Promise<NightRecord[]> {
    const paths = await this.store.listDocuments(nightsFolder(schedule));
    const nights = await Promise.all(
      paths
        .slice(-count)
        .reverse()
        .map((path) => this.store.getDocument(path)),
    );
    return nights.filter((night): night is NightRecord => night !== null);
  }

  /** The newest night of a schedule that came to a judgement; null before the first. */
  async lastJudged(schedule: string): Promise<NightRecord | null> {
    const paths = await this.store.listDocuments(nightsFolder(schedule));
    for (const path of paths.reverse()) {
      const night = (await this.store.getDocument(path)) as NightRecord | null;
      if (night !== null && night.outcome !== 'failed') return night;
    }
    return null;
  }
}
