import type { Manifest } from '../../../core/nightly/manifest.js';
import type { NightRecord } from '../../../core/nightly/night.js';
import type { PublishedName } from '../../../core/nightly/publications.js';
import { mainMetric, mainScore, taskOf } from '../../../core/sweep/task.js';
import type { Night } from '../../../proto/generated/prunefront/v1/Night.js';
import type { Publication } from '../../../proto/generated/prunefront/v1/Publication.js';
import type { PublishedVersion } from '../../../proto/generated/prunefront/v1/PublishedVersion.js';
import type { Schedule } from '../../../proto/generated/prunefront/v1/Schedule.js';
import type { FoundSchedule, RunningNight } from './schedules.js';

/** A schedule as the protocol tells it. */
export function scheduleMessage(schedule: FoundSchedule): Schedule {
  const { name, cron, timeZone, paused, nextAt, publication, skipped } = schedule;
  const [lastNight] = nightMessages(schedule);
  return {
    ...{ name, cron, timeZone, paused, publication, skipped },
    nextAt: nextAt?.toISOString() ?? '',
    ...(lastNight === undefined ? {} : { lastNight }),
  };
}

/** The nights of a schedule as the protocol tells them, newest first. */
export function nightMessages({ nights, running }: FoundSchedule): Night[] {
  return [...(running === null ? [] : [runningMessage(running)]), ...nights.map(endedMessage)];
}

function runningMessage({ runId, startedAt }: RunningNight): Night {
  const start = startedAt.toISOString();
  return { runId, outcome: 'running', reason: '', startedAt: start, endedAt: '', sweepId: '', nightJson: '' };
}

function endedMessage(night: NightRecord): Night {
  const { runId, outcome, reason, startedAt, endedAt, sweepId } = night;
  return { runId, outcome, reason, startedAt, endedAt, sweepId: sweepId ?? '', nightJson: JSON.stringify(night) };
}

/** A publication as the protocol tells it. */
export function publicationMessage({ name, current, versions }: PublishedName): Publication {
  return { name, current: current.version, versions: versions.map(versionMessage) };
}

function versionMessage(manifest: Manifest): PublishedVersion {
  const { version, publishedAt, metrics, lineage } = manifest;
  const { sweepId, candidate, label } = lineage;
  return {
    ...{ version, publishedAt, sweepId, candidate, label },
    accuracy: metrics.accuracy ?? 0,
    metric: mainMetric(taskOf(metrics)),
    score: mainScore(metrics),
    own: { ...metrics.own },
    bytesGzip: metrics.bytesGzip,
    manifestJson: JSON.stringify(manifest),
  };
}
