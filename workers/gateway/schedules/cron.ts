import { Cron } from 'croner';
import { PrunefrontError } from '../../../core/errors.js';

const NAMES = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat';
/** Numbers, names, lists, ranges and steps: what croner and Temporal read alike. */
const FIELD = new RegExp(`^(?:[\\d*,/-]|${NAMES})+$`, 'i');

/** When nights start, as croner reads it. Where day of month and day of week are both given, both must match, as Temporal has it. */
export interface NightTimes {
  /** Times in a span, both ends included, at most `limit`. */
  within(from: Date, to: Date, limit: number): Date[];
}

/**
 * Checks a cron of five fields and its time zone.
 * @param timeZone - IANA name
 * @throws PrunefrontError `PRUNEFRONT_CRON` where it is not valid or never fires
 */
export function nightTimes(cron: string, timeZone: string): NightTimes {
  requireTimeZone(timeZone);
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5 || !fields.every((field) => FIELD.test(field))) throw notValid(cron);
  const job = parse(cron, timeZone);
  if (job.nextRun() === null) {
    throw new PrunefrontError('PRUNEFRONT_CRON', 'The cron never fires', {
      place: 'cron',
      found: cron,
      allowed: 'a day that its month has, such as 0 2 * * * for every night at two',
    });
  }
  return {
    within(from, to, limit) {
      // croner leaves the start out.
      const times = job.nextRuns(limit, new Date(from.getTime() - 1000));
      return times.filter((time) => time >= from && time <= to);
    },
  };
}

function parse(cron: string, timezone: string): Cron {
  try {
    return new Cron(cron, { mode: '5-part', timezone, domAndDow: true, paused: true });
  } catch (error) {
    throw notValid(cron, error);
  }
}

function requireTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    const facts = { place: 'time zone', found: timeZone, allowed: 'an IANA name such as Europe/Berlin, or UTC' };
    throw new PrunefrontError('PRUNEFRONT_CRON', 'There is no such time zone', facts, { cause });
  }
}

function notValid(cron: string, cause?: unknown): PrunefrontError {
  const why = cause instanceof Error ? ` (${cause.message.replace(/^CronPattern: /, '')})` : '';
  return new PrunefrontError(
    'PRUNEFRONT_CRON',
    'The cron is not valid',
    {
      place: 'cron',
      found: `${cron === '' ? 'nothing' : cron}${why}`,
      allowed:
        'five fields (minute, hour, day of month, month, day of week) of numbers, names, *, lists, ranges and steps',
      hint: '0 2 * * * is every night at two',
    },
    { cause },
  );
}
