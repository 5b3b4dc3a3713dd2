import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  type ScheduleHandle,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { PrunefrontError } from '../../../core/errors.js';
import { nearest } from '../../../core/nearest.js';
import type { NightlyInput, NightSpec } from '../../../core/nightly/activities.js';
import type { NightRecord } from '../../../core/nightly/night.js';
import { NightLog } from '../../../core/nightly/night-log.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { NAME_ATTRIBUTE } from '../../../workflows/messages.js';
import type { nightlyWorkflow } from '../../../workflows/nightly.js';
import { ORCHESTRATOR_TASK_QUEUE } from '../../orchestrator/task-queue.js';
import type { Patience } from '../sweeps/patience.js';
import { nightTimes } from './cron.js';

/** A schedule to make. */
export interface NewSchedule {
  readonly name: string;
  readonly cron: string;
  /** IANA name; empty is UTC. */
  readonly timeZone: string;
  readonly spec: NightSpec;
  /** The YAML as the user wrote it. */
  readonly source: string;
  /** Queue of the nodes that run its stages; null for the gateway's own. */
  readonly stageTaskQueue: string | null;
}

/** A night that has not ended. */
export interface RunningNight {
  readonly runId: string;
  readonly startedAt: Date;
}

/** A schedule as Temporal and the store tell of it. */
export interface FoundSchedule {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly paused: boolean;
  /** Null while it is paused. */
  readonly nextAt: Date | null;
  readonly publication: string;
  /** Nights that were skipped because the one before them still ran. */
  readonly skipped: number;
  /** Nights that have ended, newest first, as many as were asked for. */
  readonly nights: readonly NightRecord[];
  readonly running: RunningNight | null;
  readonly source: string;
}

/** What Temporal keeps beside a schedule, so that a list tells it without a look at each. */
interface Memo {
  readonly cron: string;
  readonly timeZone: string;
  readonly publication: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const PREFIX = 'nightly-';
/** After a longer standstill of Temporal a night that was missed is not made up for. */
const CATCH_UP = '1 hour';
/** Nights that one backfill may ask for. */
const MOST_BACKFILLED = 100;
/** Descriptions asked for at once. */
const AT_ONCE = 8;

/** Schedules of nights, through Temporal. */
export class Schedules {
  private readonly log: NightLog;

  constructor(
    private readonly client: Client,
    private readonly patience: Patience,
    private readonly store: ArtifactStore,
    private readonly options: Pick<NightlyInput, 'stageTaskQueue' | 'window'>,
  ) {
    this.log = new NightLog(store);
  }

  /** The same for as long as a caller waits. */
  heeding(signal: AbortSignal): Schedules {
    return new Schedules(this.client, this.patience.heeding(signal), this.store, this.options);
  }

  /**
   * Makes a schedule.
   * @throws PrunefrontError `PRUNEFRONT_CRON`, `PRUNEFRONT_CONFLICT`, `PRUNEFRONT_REQUEST`
   */
  async create({ name, cron, timeZone: zone, spec, source, stageTaskQueue }: NewSchedule): Promise<FoundSchedule> {
    requireName(name);
    const timeZone = zone === '' ? 'UTC' : zone;
    nightTimes(cron, timeZone);
    const publication = spec.nightly.publish.name;
    await this.requireOwnPublication(name, publication);
    const { options } = this;
    const input: NightlyInput = {
      ...{ schedule: name, spec, source, window: options.window },
      stageTaskQueue: stageTaskQueue ?? options.stageTaskQueue,
    };
    try {
      await this.patience.schedule(() =>
        this.client.schedule.create({
          scheduleId: `${PREFIX}${name}`,
          spec: { cronExpressions: [cron], timezone: timeZone },
          action: {
            type: 'startWorkflow',
            workflowType: 'nightlyWorkflow' satisfies typeof nightlyWorkflow.name,
            workflowId: `${PREFIX}${name}`,
            taskQueue: ORCHESTRATOR_TASK_QUEUE,
            args: [input],
            typedSearchAttributes: [{ key: NAME_ATTRIBUTE, value: name }],
          },
          policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP },
          memo: { cron, timeZone, publication } satisfies Memo,
        }),
      );
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      throw new PrunefrontError('PRUNEFRONT_CONFLICT', `There is a schedule ${name} already`, {
        found: name,
        hint: 'take another name, or delete that schedule first',
      });
    }
    return this.get(name, 1);
  }

  /** Names of all schedules, sorted. */
  async names(): Promise<string[]> {
    return (await this.summaries()).map(({ name }) => name).sort();
  }

  /** Some schedules by their names, each with its newest night; one that has gone meanwhile is left out. */
  async some(names: readonly string[]): Promise<FoundSchedule[]> {
    const found: FoundSchedule[] = [];
    for (let from = 0; from < names.length; from += AT_ONCE) {
      const part = names.slice(from, from + AT_ONCE).map((name) =>
        this.get(name, 1).catch((error: unknown) => {
          if (error instanceof PrunefrontError && error.code === 'PRUNEFRONT_SCHEDULE_NOT_FOUND') return null;
          throw error;
        }),
      );
      found.push(...(await Promise.all(part)).filter((each) => each !== null));
    }
    return found;
  }

  /**
   * A schedule with its newest nights.
   * @throws PrunefrontError `PRUNEFRONT_SCHEDULE_NOT_FOUND`
   */
  async get(name: string, nights: number): Promise<FoundSchedule> {
    const description = await this.on(name, (handle) => handle.describe());
    const ended = await this.log.newest(name, nights);
    const { cron, timeZone, publication } = description.memo as unknown as Memo;
    const { paused } = description.state;
    return {
      ...{ name, cron, timeZone, publication, paused },
      nextAt: paused ? null : (description.info.nextActionTimes[0] ?? null),
      skipped: description.info.numActionsSkippedOverlap,
      nights: ended,
      running: runningNight(description, ended),
      source: (description.action.args?.[0] as NightlyInput | undefined)?.source ?? '',
    };
  }

  /** Starts no night until `resume`. */
  async pause(name: string): Promise<void> {
    await this.on(name, (handle) => handle.pause());
  }

  async resume(name: string): Promise<void> {
    await this.on(name, (handle) => handle.unpause());
  }

  /** Starts a night now, unless one runs; says whether one does, so that this one is skipped and counted. */
  async run(name: string): Promise<boolean> {
    const { info } = await this.on(name, (handle) => handle.describe());
    await this.on(name, (handle) => handle.trigger(ScheduleOverlapPolicy.SKIP));
    return info.runningActions.length > 0;
  }

  async delete(name: string): Promise<void> {
    await this.on(name, (handle) => handle.delete());
  }

  /**
   * Runs the nights that were due in a time that has gone by, one after the other; returns how many.
   * @param from - RFC 3339, inclusive
   * @param to - RFC 3339, inclusive
   * @throws PrunefrontError `PRUNEFRONT_REQUEST` where that is no such time, or too many nights
   */
  async backfill(name: string, from: string, to: string): Promise<number> {
    const [start, end] = [timeOf('from', from), timeOf('to', to)];
    if (end < start || end.getTime() > Date.now()) {
      throw new PrunefrontError('PRUNEFRONT_REQUEST', 'The nights to make up for lie in no time that has gone by', {
        found: `${from} to ${to}`,
        allowed: 'from before to, and to not in the future',
      });
    }
    const { cron, timeZone } = await this.get(name, 0);
    const nights = nightTimes(cron, timeZone).within(start, end, MOST_BACKFILLED + 1).length;
    if (nights > MOST_BACKFILLED) {
      throw new PrunefrontError('PRUNEFRONT_REQUEST', `More than ${MOST_BACKFILLED} nights were due in this time`, {
        found: `${from} to ${to}`,
        allowed: `at most ${MOST_BACKFILLED} nights at once`,
      });
    }
    // Whether Temporal counts the start in or not: nothing else is due in a millisecond.
    const range = { start: new Date(start.getTime() - 1), end, overlap: ScheduleOverlapPolicy.BUFFER_ALL };
    if (nights > 0) await this.on(name, (handle) => handle.backfill(range));
    return nights;
  }

  private async summaries(): Promise<{ readonly name: string; readonly publication: string }[]> {
    return this.patience.schedule(async () => {
      const found: { readonly name: string; readonly publication: string }[] = [];
      for await (const { scheduleId, memo } of this.client.schedule.list()) {
        if (!scheduleId.startsWith(PREFIX)) continue;
        found.push({ name: scheduleId.slice(PREFIX.length), publication: String(memo?.['publication']) });
      }
      return found;
    });
  }

  /** Two schedules that publish under one name would judge each other's versions. */
  private async requireOwnPublication(name: string, publication: string): Promise<void> {
    const other = (await this.summaries()).find((each) => each.publication === publication && each.name !== name);
    if (other === undefined) return;
    throw new PrunefrontError('PRUNEFRONT_CONFLICT', `The schedule ${other.name} publishes as ${publication}`, {
      place: 'nightly.publish.name',
      found: publication,
      allowed: 'a name that no other schedule publishes under',
    });
  }

  private async on<T>(name: string, call: (handle: ScheduleHandle) => Promise<T>): Promise<T> {
    requireName(name);
    try {
      return await this.patience.schedule(() => call(this.client.schedule.getHandle(`${PREFIX}${name}`)));
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
      const names = await this.names();
      const near = nearest(name, names);
      throw new PrunefrontError('PRUNEFRONT_SCHEDULE_NOT_FOUND', `There is no schedule ${name}`, {
        found: name,
        allowed: names.join(', ') || 'no schedule has been made yet',
        ...(near === null ? {} : { hint: `did you mean ${near}?` }),
      });
    }
  }
}

/** The night that runs; one that has a record only tells others of its end. */
function runningNight({ info }: ScheduleDescription, ended: readonly NightRecord[]): RunningNight | null {
  const runId = info.runningActions[0]?.workflow.firstExecutionRunId;
  if (runId === undefined || ended.some((night) => night.runId === runId)) return null;
  const taken = info.recentActions.find(({ action }) => action.workflow.firstExecutionRunId === runId);
  return { runId, startedAt: taken?.takenAt ?? info.createdAt };
}

function requireName(name: string): void {
  if (NAME.test(name)) return;
  throw new PrunefrontError('PRUNEFRONT_REQUEST', 'This is no name of a schedule', {
    found: name === '' ? 'nothing' : name,
    allowed: 'letters, digits, ., _ and -, at most 63, a letter or digit first',
  });
}

function timeOf(place: string, text: string): Date {
  const time = new Date(text);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) && !Number.isNaN(time.getTime())) return time;
  throw new PrunefrontError('PRUNEFRONT_REQUEST', 'This is no time', {
    place,
    found: text === '' ? 'nothing' : text,
    allowed: 'RFC 3339, such as 2026-11-01T00:00:00Z',
  });
}
