/** A duration for people: `4 min 10 s`, `3 h 2 min`. Negative where it is not known. */
export function duration(ms: number): string {
  if (ms < 0) return '–';
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How far a moment is from now: `4 min 10 s ago`, `in 3 h 2 min`. */
export function fromNow(rfc3339: string, nowMs = Date.now()): string {
  const difference = Date.parse(rfc3339) - nowMs;
  if (Number.isNaN(difference)) return '–';
  return difference < 0 ? `${duration(-difference)} ago` : `in ${duration(difference)}`;
}

/** A moment in the reader's own time. */
export function moment(rfc3339: string): string {
  const date = new Date(rfc3339);
  return Number.isNaN(date.getTime())
    ? '–'
    : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** The time of day in the reader's own time. */
export function clock(ms: number): string {
  return new Date(ms).toLocaleTimeString(undefined, { hour12: false });
}
