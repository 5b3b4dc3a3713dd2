import type { Manifest } from '../../core/nightly/manifest.js';
import type { NightOutcome, NightRecord } from '../../core/nightly/night.js';
import type { FoundSchedule } from '../gateway/schedules/schedules.js';
import { type CounterName, type GaugeName, type Sample, sample } from './registry.js';
import { scoresOf } from './scores.js';

/** Every metric of a schedule; totals come from the records, so that they outlive the gateway. */
export const NIGHT_METRICS = [
  'prunefront_nightly_nights_total',
  'prunefront_nightly_skipped_total',
  'prunefront_nightly_last_outcome',
  'prunefront_nightly_last_success_time_seconds',
  'prunefront_nightly_last_duration_seconds',
  'prunefront_nightly_next_time_seconds',
  'prunefront_nightly_paused',
  'prunefront_nightly_regression_ratio',
] as const satisfies readonly (GaugeName | CounterName)[];

/** Every gauge of a publication. */
export const PUBLICATION_GAUGES = [
  'prunefront_published_version',
  'prunefront_published_time_seconds',
  'prunefront_published_accuracy_ratio',
  'prunefront_published_score',
  'prunefront_published_bytes',
  'prunefront_published_latency_seconds',
] as const satisfies readonly GaugeName[];

/** A sample of a schedule. */
export type NightSample = Sample<(typeof NIGHT_METRICS)[number]>;
/** A sample of a publication. */
export type PublicationSample = Sample<(typeof PUBLICATION_GAUGES)[number]>;

/** What the metrics of a schedule are made of. */
export interface GaugedSchedule extends Pick<FoundSchedule, 'name' | 'paused' | 'nextAt' | 'skipped'> {
  /** All nights that have ended, newest first. */
  readonly nights: readonly Pick<NightRecord, 'outcome' | 'endedAt' | 'durationMs' | 'selected' | 'opponent'>[];
}

const OUTCOMES: readonly NightOutcome[] = ['published', 'kept', 'unchanged', 'failed'];

/** The metrics of a schedule; what no night has told yet is absent. */
export function nightSamples({
  name: schedule,
  paused,
  nextAt,
  skipped,
  nights,
}: GaugedSchedule): readonly NightSample[] {
  const [newest] = nights;
  const success = nights.find(({ outcome }) => outcome !== 'failed');
  const regression = nights.map(behind).find((drop) => drop !== null) ?? null;
  return [
    // A rate needs the series of an outcome from before its first night.
    ...OUTCOMES.map((outcome) =>
      sample(
        'prunefront_nightly_nights_total',
        { schedule, outcome },
        nights.filter((each) => each.outcome === outcome).length,
      ),
    ),
    sample('prunefront_nightly_skipped_total', { schedule }, skipped),
    sample('prunefront_nightly_paused', { schedule }, paused ? 1 : 0),
    ...(nextAt === null ? [] : [sample('prunefront_nightly_next_time_seconds', { schedule }, nextAt.getTime() / 1000)]),
    ...(newest === undefined
      ? []
      : [
          sample('prunefront_nightly_last_outcome', { schedule, outcome: newest.outcome }, 1),
          sample('prunefront_nightly_last_duration_seconds', { schedule }, newest.durationMs / 1000),
        ]),
    ...(success === undefined
      ? []
      : [sample('prunefront_nightly_last_success_time_seconds', { schedule }, seconds(success.endedAt))]),
    ...(regression === null ? [] : [sample('prunefront_nightly_regression_ratio', { schedule }, regression)]),
  ];
}

/** The gauges of the version that a publication stands for. */
export function publicationSamples({
  name: publication,
  version,
  publishedAt,
  metrics,
}: Manifest): readonly PublicationSample[] {
  return [
    sample('prunefront_published_version', { publication }, version),
    sample('prunefront_published_time_seconds', { publication }, seconds(publishedAt)),
    ...(metrics.accuracy === undefined
      ? []
      : [sample('prunefront_published_accuracy_ratio', { publication }, metrics.accuracy)]),
    ...scoresOf(metrics).map(([metric, value]) => sample('prunefront_published_score', { publication, metric }, value)),
    sample('prunefront_published_bytes', { publication, encoding: 'dense' }, metrics.bytesDense),
    sample('prunefront_published_bytes', { publication, encoding: 'gzip' }, metrics.bytesGzip),
    sample('prunefront_published_bytes', { publication, encoding: 'sparse' }, metrics.bytesSparse),
    ...(metrics.bytesEncoded === undefined
      ? []
      : [sample('prunefront_published_bytes', { publication, encoding: 'encoded' }, metrics.bytesEncoded)]),
    sample('prunefront_published_latency_seconds', { publication, percentile: 'p50' }, metrics.latencyP50 / 1000),
    sample('prunefront_published_latency_seconds', { publication, percentile: 'p95' }, metrics.latencyP95 / 1000),
  ];
}

/** How far a night's candidate fell behind what was published; null where it did not compare. */
function behind({ selected, opponent }: Pick<NightRecord, 'selected' | 'opponent'>): number | null {
  const [now, before] = [selected?.summary.accuracy, opponent?.summary.accuracy];
  return now === undefined || before === undefined ? null : before - now;
}

function seconds(rfc3339: string): number {
  return Date.parse(rfc3339) / 1000;
}
