import Table from 'cli-table3';
import pc from 'picocolors';
import type { NightView, PublicationView, ScheduleView } from '../../client/schedules.js';
import { bytes, duration, qualities } from '../format.js';

/** Schedules, one a row. */
export function schedulesTable(schedules: readonly ScheduleView[]): string {
  const table = tableOf(['schedule', 'cron', 'next night', 'publishes as', 'skipped', 'last night', 'outcome'], [4]);
  for (const { name, cron, timeZone, nextAt, paused, publication, skipped, lastNight } of schedules) {
    table.push([
      ...[
        pc.bold(name),
        timeZone === 'UTC' ? cron : `${cron} ${timeZone}`,
        paused ? pc.yellow('paused') : time(nextAt),
      ],
      ...[publication, skipped, time(lastNight?.startedAt ?? ''), lastNight === null ? '' : outcomeWord(lastNight)],
    ]);
  }
  return table.toString();
}

/** Nights, newest first, one a row. */
export function nightsTable(nights: readonly NightView[]): string {
  const table = tableOf(
    ['night', 'outcome', 'version', 'took', 'stages run', 'reused', 'quality', 'gzip'],
    [2, 3, 4, 5, 6, 7],
  );
  for (const night of nights) {
    const { record, startedAt } = night;
    const summary = record?.selected?.summary;
    table.push([
      ...[time(startedAt), outcomeWord(night), record?.version ?? ''],
      ...[record === null ? '' : duration(record.durationMs), record?.stages.run ?? '', record?.stages.reused ?? ''],
      ...[summary === undefined ? '' : qualities(summary), summary === undefined ? '' : bytes(summary.bytesGzip)],
    ]);
  }
  return table.toString();
}

/** Publications by their current versions, one a row. */
export function publicationsTable(publications: readonly PublicationView[]): string {
  const table = tableOf(['published', 'version', 'since', 'what it is', 'quality', 'gzip', 'sweep'], [1, 4, 5]);
  for (const { name, current, versions } of publications) {
    const manifest = versions.find(({ version }) => version === current);
    if (manifest === undefined) continue;
    const { publishedAt, lineage, metrics } = manifest;
    const numbers = [qualities(metrics), bytes(metrics.bytesGzip)];
    table.push([pc.bold(name), current, time(publishedAt), lineage.label, ...numbers, lineage.sweepId]);
  }
  return table.toString();
}

/** The versions of a publication, newest first; `*` is the current one. */
export function versionsTable({ current, versions }: PublicationView): string {
  const table = tableOf(['version', 'published', 'what it is', 'quality', 'gzip', 'sweep', 'candidate'], [3, 4]);
  for (const { version, publishedAt, lineage, metrics } of versions) {
    const cells = [
      ...[version === current ? `${version} *` : String(version), time(publishedAt), lineage.label],
      ...[qualities(metrics), bytes(metrics.bytesGzip), lineage.sweepId, lineage.candidate],
    ];
    table.push(version === current ? cells.map((cell) => pc.bold(cell)) : cells);
  }
  return table.toString();
}

/** `2026-11-25 02:00 UTC`. */
export function time(rfc3339: string): string {
  return rfc3339 === '' ? '' : `${rfc3339.slice(0, 10)} ${rfc3339.slice(11, 16)} UTC`;
}

/** The outcome of a night in its colour. */
export function outcomeWord({ outcome }: NightView): string {
  if (outcome === 'failed') return pc.red(outcome);
  if (outcome === 'kept') return pc.yellow(outcome);
  return outcome === 'published' ? pc.green(outcome) : outcome;
}

function tableOf(head: string[], right: readonly number[]): InstanceType<typeof Table> {
  return new Table({
    head,
    colAligns: head.map((_, column) => (right.includes(column) ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
}
