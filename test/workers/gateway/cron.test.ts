import { describe, expect, it } from 'vitest';
import { nightTimes } from '../../../workers/gateway/schedules/cron.js';
import { errorOf } from '../../support/errors.js';

const times = (cron: string, zone: string, from: string, to: string, limit = 10): string[] =>
  nightTimes(cron, zone)
    .within(new Date(from), new Date(to), limit)
    .map((time) => time.toISOString());

describe('a cron', () => {
  it('fires in its time zone, also where summer time begins; both ends count', () => {
    expect(times('0 2 * * *', 'UTC', '2026-03-01T02:00:00Z', '2026-03-03T02:00:00Z')).toEqual([
      '2026-03-01T02:00:00.000Z',
      '2026-03-02T02:00:00.000Z',
      '2026-03-03T02:00:00.000Z',
    ]);
    expect(times('30 4 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z', '2026-03-29T23:00:00Z')).toEqual([
      '2026-03-28T03:30:00.000Z',
      '2026-03-29T02:30:00.000Z',
    ]);
  });

  it('given a day of the month and of the week, then both must match, as Temporal has it', () => {
    expect(times('0 0 13 * FRI', 'UTC', '2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z')).toEqual([
      '2026-02-13T00:00:00.000Z',
      '2026-03-13T00:00:00.000Z',
      '2026-11-13T00:00:00.000Z',
    ]);
  });

  it.each([
    ['0 0 31 2 *', 'The cron never fires'],
    ['0 0 30 feb *', 'The cron never fires'],
    ['', 'The cron is not valid'],
    ['61 * * * *', 'The cron is not valid'],
    ['0 2 * *', 'The cron is not valid'],
    ['0 0 2 * * *', 'The cron is not valid'],
    ['@daily', 'The cron is not valid'],
    ['0 2 L * *', 'The cron is not valid'],
    ['0 2 * * 1#2', 'The cron is not valid'],
    ['0 2 * * someday', 'The cron is not valid'],
  ])('given %j, then it is refused: %s', async (cron, message) => {
    const error = await errorOf('PRUNEFRONT_CRON', () => nightTimes(cron, 'UTC'));
    expect(error.message).toBe(message);
    expect(error.facts.allowed).toBeDefined();
  });

  it('given a time zone that does not exist, then that is told', async () => {
    const error = await errorOf('PRUNEFRONT_CRON', () => nightTimes('0 2 * * *', 'Europe/Atlantis'));
    expect(error.facts).toMatchObject({ place: 'time zone', found: 'Europe/Atlantis' });
  });
});
