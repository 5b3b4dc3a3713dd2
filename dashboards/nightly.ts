import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, type Row } from './dashboard.js';
import { bars, cells, levels, lines, numbers, wordsOf } from './panels.js';
import { is, maxBy, sumBy } from './promql.js';
import { chosen, growthOf, now, overTime, shown } from './queries.js';
import { highIsGood, lowIsGood, neutral } from './thresholds.js';
import { publicationVariable, scheduleVariable } from './variables.js';

const SCHEDULE = { schedule: chosen('schedule') };
const PUBLICATION = { publication: chosen('publication') };
const DAY = 86_400;

/** Outcomes of a night by the number that stands for each in the calendar. */
const OUTCOMES = [
  [1, 'published', 'green'],
  [2, 'kept', 'yellow'],
  [3, 'unchanged', 'blue'],
  [4, 'failed', 'red'],
] as const;

/** One number a schedule: that of the outcome of its newest night. */
const outcome = maxBy(
  ['schedule'],
  OUTCOMES.map(
    ([value, word]) => `${shown('prunefront_nightly_last_outcome', { ...SCHEDULE, outcome: is(word) })} * ${value}`,
  ).join(' or '),
);

const nights: Row = {
  title: 'Nights',
  panels: [
    cells(
      {
        title: 'Calendar',
        description:
          'Outcome of the newest night, day by day: published a better model, kept the old one, nothing had changed, or failed.',
        unit: 'none',
        thresholds: neutral,
        span: 24,
      },
      OUTCOMES,
      overTime(`${outcome} > 0`, '{{schedule}}'),
    ).interval('1d'),
    numbers(
      {
        title: 'Newest night',
        description: 'Outcome of the newest night.',
        unit: 'none',
        thresholds: neutral,
        span: 6,
      },
      now(`${outcome} > 0`, '{{schedule}}'),
    ).mappings([wordsOf(OUTCOMES)]),
    numbers(
      {
        title: 'Last success',
        description: 'Time since the end of the newest night that did not fail.',
        unit: 's',
        thresholds: lowIsGood(1.25 * DAY, 2 * DAY),
        span: 6,
      },
      now(
        `time() - ${maxBy(['schedule'], shown('prunefront_nightly_last_success_time_seconds', SCHEDULE))}`,
        '{{schedule}}',
      ),
    ),
    numbers(
      {
        title: 'Next night',
        description: 'Time until the next night starts; a paused schedule has none.',
        unit: 's',
        thresholds: neutral,
        span: 6,
      },
      now(`${maxBy(['schedule'], shown('prunefront_nightly_next_time_seconds', SCHEDULE))} - time()`, '{{schedule}}'),
    ).noValue('paused'),
    numbers(
      {
        title: 'Paused',
        description: 'Schedules that are paused: no night starts by itself.',
        unit: 'bool_yes_no',
        thresholds: { base: 'green', steps: [[1, 'orange']] },
        span: 6,
      },
      now(maxBy(['schedule'], shown('prunefront_nightly_paused', SCHEDULE)), '{{schedule}}'),
    ),
    bars(
      {
        title: 'Nights by outcome',
        description: 'Nights that ended, by outcome.',
        unit: 'short',
        thresholds: neutral,
        span: 8,
      },
      overTime(
        // Every gateway counts every night.
        sumBy(
          ['outcome'],
          maxBy(
            ['schedule', 'outcome'],
            `increase(${shown('prunefront_nightly_nights_total', SCHEDULE)}[$__rate_interval])`,
          ),
        ),
        '{{outcome}}',
      ),
    ).interval('1d'),
    lines(
      {
        title: 'Duration',
        description: 'Duration of the newest night.',
        unit: 's',
        thresholds: lowIsGood(0.25 * DAY, DAY),
        span: 8,
      },
      overTime(maxBy(['schedule'], shown('prunefront_nightly_last_duration_seconds', SCHEDULE)), '{{schedule}}'),
    ),
    levels(
      {
        title: 'Skipped nights',
        description: 'Nights in the time that is shown that were skipped because the one before them still ran.',
        unit: 'short',
        thresholds: lowIsGood(1, 3),
        span: 8,
      },
      now(maxBy(['schedule'], growthOf('prunefront_nightly_skipped_total', SCHEDULE)), '{{schedule}}'),
    )
      .height(8)
      .decimals(0),
  ],
};

const published: Row = {
  title: 'What is published',
  panels: [
    numbers(
      {
        title: 'Version',
        description: 'Version that each publication stands for.',
        unit: 'none',
        thresholds: neutral,
        span: 6,
      },
      now(maxBy(['publication'], shown('prunefront_published_version', PUBLICATION)), '{{publication}}'),
    ),
    numbers(
      {
        title: 'Age',
        description: 'Time since that version was published.',
        unit: 's',
        thresholds: neutral,
        span: 6,
      },
      now(
        `time() - ${maxBy(['publication'], shown('prunefront_published_time_seconds', PUBLICATION))}`,
        '{{publication}}',
      ),
    ),
    numbers(
      {
        title: 'Accuracy now',
        description: 'Validation accuracy of what is published.',
        unit: 'percentunit',
        thresholds: highIsGood(0.5, 0.8),
        span: 6,
      },
      now(maxBy(['publication'], shown('prunefront_published_accuracy_ratio', PUBLICATION)), '{{publication}}'),
    ).decimals(2),
    numbers(
      {
        title: 'Regression',
        description:
          'Accuracy of what was published minus that of what the newest night that compared both has selected, on the same data. Above 0 the night fell behind, and the old model stays.',
        unit: 'percentunit',
        thresholds: lowIsGood(0.0001, 0.005),
        span: 6,
      },
      now(maxBy(['schedule'], shown('prunefront_nightly_regression_ratio', SCHEDULE)), '{{schedule}}'),
    ).decimals(2),
    lines(
      {
        title: 'Accuracy over the nights',
        description: 'Validation accuracy of what was published.',
        unit: 'percentunit',
        thresholds: neutral,
        span: 8,
      },
      overTime(maxBy(['publication'], shown('prunefront_published_accuracy_ratio', PUBLICATION)), '{{publication}}'),
    ).max(1),
    lines(
      {
        title: 'Size over the nights',
        description: 'Bytes of the weights of what was published, by encoding.',
        unit: 'bytes',
        thresholds: neutral,
        span: 8,
      },
      overTime(
        maxBy(['publication', 'encoding'], shown('prunefront_published_bytes', PUBLICATION)),
        '{{publication}}: {{encoding}}',
      ),
    ),
    lines(
      {
        title: 'Latency over the nights',
        description: 'Latency of one example through what was published.',
        unit: 's',
        thresholds: neutral,
        span: 8,
      },
      overTime(
        maxBy(['publication', 'percentile'], shown('prunefront_published_latency_seconds', PUBLICATION)),
        '{{publication}}: {{percentile}}',
      ),
    ),
  ],
};

/** How the nights went and what they have published. */
export function nightlyDashboard(): DashboardBuilder {
  return dashboard('nightly', {
    description: 'Nightly compressions: outcomes, and what is published.',
    from: 'now-30d',
    variables: [scheduleVariable(), publicationVariable()],
    rows: [nights, published],
  });
}
