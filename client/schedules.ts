import { PrunefrontError } from '../core/errors.js';
import type { Manifest } from '../core/nightly/manifest.js';
import type { NightOutcome, NightRecord } from '../core/nightly/night.js';
import type { BackfillScheduleResponse__Output } from '../proto/generated/prunefront/v1/BackfillScheduleResponse.js';
import type { CreateScheduleRequest } from '../proto/generated/prunefront/v1/CreateScheduleRequest.js';
import type { CreateScheduleResponse__Output } from '../proto/generated/prunefront/v1/CreateScheduleResponse.js';
import type { GetPublishedResponse__Output } from '../proto/generated/prunefront/v1/GetPublishedResponse.js';
import type { GetScheduleResponse__Output } from '../proto/generated/prunefront/v1/GetScheduleResponse.js';
import type { ListPublishedResponse__Output } from '../proto/generated/prunefront/v1/ListPublishedResponse.js';
import type { ListSchedulesResponse__Output } from '../proto/generated/prunefront/v1/ListSchedulesResponse.js';
import type { Night__Output } from '../proto/generated/prunefront/v1/Night.js';
import type { Publication__Output } from '../proto/generated/prunefront/v1/Publication.js';
import type { RollBackPublishedResponse__Output } from '../proto/generated/prunefront/v1/RollBackPublishedResponse.js';
import type { Schedule__Output } from '../proto/generated/prunefront/v1/Schedule.js';
import type { ScheduleClient } from '../proto/load.js';
import type { CallSender, Reply } from './call-sender.js';

/** One night, decoded. */
export interface NightView {
  readonly runId: string;
  readonly outcome: NightOutcome | 'running';
  /** Why, in one sentence. */
  readonly reason: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** RFC 3339; empty while it runs. */
  readonly endedAt: string;
  /** Empty where it came to none. */
  readonly sweepId: string;
  /** Everything about it; null while it runs. */
  readonly record: NightRecord | null;
}

/** A schedule, decoded. */
export interface ScheduleView {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly paused: boolean;
  /** When its next night starts, RFC 3339; empty while it is paused. */
  readonly nextAt: string;
  /** Name under which it publishes. */
  readonly publication: string;
  /** Nights that were skipped because the one before them still ran. */
  readonly skipped: number;
  /** Null before the first. */
  readonly lastNight: NightView | null;
}

/** A publication, decoded. */
export interface PublicationView {
  readonly name: string;
  /** The version that it stands for. */
  readonly current: number;
  /** Newest first. */
  readonly versions: readonly Manifest[];
}

/** Schedules of nights and what they published. */
export class SchedulesClient {
  constructor(
    private readonly raw: InstanceType<typeof ScheduleClient>,
    private readonly sender: CallSender,
  ) {}

  /** Makes a schedule that runs the nights of a spec. */
  async create(request: CreateScheduleRequest): Promise<ScheduleView> {
    const { schedule } = await this.sender.call((reply: Reply<CreateScheduleResponse__Output>) =>
      this.raw.CreateSchedule(request, reply),
    );
    return scheduleView(present(schedule));
  }

  /** All schedules, by name. */
  async list(): Promise<ScheduleView[]> {
    const found: ScheduleView[] = [];
    let pageToken = '';
    do {
      const page = await this.sender.call((reply: Reply<ListSchedulesResponse__Output>) =>
        this.raw.ListSchedules({ pageToken }, reply),
      );
      found.push(...page.schedules.map(scheduleView));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return found;
  }

  /** One schedule with its newest nights and its spec. */
  async get(
    name: string,
  ): Promise<ScheduleView & { readonly nights: readonly NightView[]; readonly specText: string }> {
    const { schedule, nights, specText } = await this.sender.call((reply: Reply<GetScheduleResponse__Output>) =>
      this.raw.GetSchedule({ name }, reply),
    );
    return { ...scheduleView(present(schedule)), nights: nights.map(nightView), specText };
  }

  /** Pauses, resumes, runs now or deletes a schedule; `skipped` where a night runs already, so that none was started. */
  async command(
    name: 'pause' | 'resume' | 'run-now' | 'delete',
    schedule: string,
  ): Promise<{ readonly skipped: boolean }> {
    const request = { name: schedule };
    const { skipped = false } = await this.sender.call((reply: Reply<{ readonly skipped?: boolean }>) => {
      if (name === 'pause') this.raw.PauseSchedule(request, reply);
      else if (name === 'resume') this.raw.ResumeSchedule(request, reply);
      else if (name === 'run-now') this.raw.RunSchedule(request, reply);
      else this.raw.DeleteSchedule(request, reply);
    });
    return { skipped };
  }

  /**
   * Runs the nights that were due in a time that has gone by; returns how many.
   * @param from - RFC 3339, inclusive
   * @param to - RFC 3339, inclusive
   */
  async backfill(name: string, from: string, to: string): Promise<number> {
    const { nights } = await this.sender.call((reply: Reply<BackfillScheduleResponse__Output>) =>
      this.raw.BackfillSchedule({ name, from, to }, reply),
    );
    return nights;
  }

  /** Everything that is published, by name. */
  async publications(): Promise<PublicationView[]> {
    const found: PublicationView[] = [];
    let pageToken = '';
    do {
      const page = await this.sender.call((reply: Reply<ListPublishedResponse__Output>) =>
        this.raw.ListPublished({ pageToken }, reply),
      );
      found.push(...page.publications.map(publicationView));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return found;
  }

  async publication(name: string): Promise<PublicationView> {
    const { publication } = await this.sender.call((reply: Reply<GetPublishedResponse__Output>) =>
      this.raw.GetPublished({ name }, reply),
    );
    return publicationView(present(publication));
  }

  /** Makes an earlier version the current one; 0 is the one before the current one. */
  async rollBack(name: string, version = 0): Promise<PublicationView> {
    const { publication } = await this.sender.call((reply: Reply<RollBackPublishedResponse__Output>) =>
      this.raw.RollBackPublished({ name, version }, reply),
    );
    return publicationView(present(publication));
  }

  /** The files of a published model; version 0 is the current one. */
  exportPublished(name: string, version = 0): Promise<Map<string, Buffer>> {
    return this.sender.collect(this.raw.ExportPublished({ name, version }));
  }

  close(): void {
    this.raw.close();
  }
}

function present<T>(value: T | null): T {
  if (value !== null) return value;
  throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'The gateway sent an empty answer');
}

function scheduleView({ lastNight, skipped, ...rest }: Schedule__Output): ScheduleView {
  return { ...rest, skipped: Number(skipped), lastNight: lastNight === null ? null : nightView(lastNight) };
}

function nightView({ nightJson, outcome, ...rest }: Night__Output): NightView {
  const record = nightJson === '' ? null : (JSON.parse(nightJson) as NightRecord);
  return { ...rest, outcome: outcome as NightView['outcome'], record };
}

function publicationView({ name, current, versions }: Publication__Output): PublicationView {
  return { name, current, versions: versions.map(({ manifestJson }) => JSON.parse(manifestJson) as Manifest) };
}
