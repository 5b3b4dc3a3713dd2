import type { Night__Output } from '../../proto/generated/prunefront/v1/Night.js';

/** One day of the calendar with its nights, the newest last. */
export interface CalendarDay {
  /** `2026-11-25`, in the reader's own time. */
  readonly date: string;
  readonly nights: readonly Night__Output[];
}

const DAY_MS = 24 * 3600 * 1000;

/** The last weeks up to a moment, each from Monday to Sunday; days to come are left out. */
export function calendar(nights: readonly Night__Output[], weeks: number, nowMs: number): readonly CalendarDay[][] {
  const byDate = new Map<string, Night__Output[]>();
  for (const night of [...nights].reverse()) {
    const date = dateOf(Date.parse(night.startedAt));
    byDate.set(date, [...(byDate.get(date) ?? []), night]);
  }
  const noon = new Date(nowMs).setHours(12, 0, 0, 0);
  const weekday = (new Date(noon).getDay() + 6) % 7;
  const monday = noon - (weekday + 7 * (weeks - 1)) * DAY_MS;
  return Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => monday + (7 * week + day) * DAY_MS)
      .filter((ms) => ms <= noon)
      .map((ms) => ({ date: dateOf(ms), nights: byDate.get(dateOf(ms)) ?? [] })),
  );
}

function dateOf(ms: number): string {
  const date = new Date(ms);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
}
