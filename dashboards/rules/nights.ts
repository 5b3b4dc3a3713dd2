import { is, maxBy, metric } from '../promql.js';
import type { RuleGroup } from './rule.js';

const perSchedule = (expr: string): string => maxBy(['schedule'], expr);
/** The earliest night that was still to come at some time in the last 30 hours: a day, and six hours for the night itself. */
const due = 'min_over_time(schedule:prunefront_nightly_next_time_seconds:max[30h])';
/** When the schedule was last seen paused in the same time. */
const pausedAt = 'max_over_time(schedule:prunefront_nightly_paused_time_seconds:max[30h])';

/** Nights that did not happen, failed, or made nothing good enough. */
export const nightRules: RuleGroup = {
  name: 'prunefront-nights',
  recordings: [
    {
      name: 'schedule:prunefront_nightly_next_time_seconds:max',
      expr: perSchedule(metric('prunefront_nightly_next_time_seconds')),
    },
    {
      name: 'schedule:prunefront_nightly_last_success_time_seconds:max',
      expr: perSchedule(metric('prunefront_nightly_last_success_time_seconds')),
    },
    {
      name: 'schedule:prunefront_nightly_paused_time_seconds:max',
      expr: `(${perSchedule(metric('prunefront_nightly_paused'))} == 1) * time()`,
    },
  ],
  alerts: [
    {
      name: 'PrunefrontNightMissed',
      // A schedule that is paused or gone misses nothing, and what was due before a pause ended was not to be.
      expr: `(time() - ${due} > 6 * 3600)
unless on (schedule) (schedule:prunefront_nightly_last_success_time_seconds:max >= on (schedule) ${due})
unless on (schedule) (${pausedAt} >= on (schedule) ${due})
and on (schedule) (${perSchedule(metric('prunefront_nightly_paused'))} == 0)`,
      holds: '5m',
      severity: 'critical',
      summary: 'Schedule {{ $labels.schedule }} missed a night',
      description:
        'A night of schedule {{ $labels.schedule }} was due {{ $value | humanizeDuration }} ago, and none has succeeded since.',
      remedy:
        '`npx prunefront schedule show NAME` tells of the newest nights. One that still runs is late; none at all means that no orchestrator took it or that Temporal was down: `npx prunefront schedule backfill` makes up for it.',
    },
    {
      name: 'PrunefrontNightFailed',
      expr: `${perSchedule(metric('prunefront_nightly_last_outcome', { outcome: is('failed') }))} == 1`,
      holds: '1m',
      severity: 'warning',
      summary: 'The newest night of schedule {{ $labels.schedule }} failed',
      description: 'The newest night of schedule {{ $labels.schedule }} failed; what was published before it stays.',
      remedy:
        '`npx prunefront schedule show NAME` names the reason. Once it is mended, `npx prunefront schedule run-now NAME` makes up for the night; stages that are done are not run again.',
    },
    {
      name: 'PrunefrontNightRegressed',
      // A night within the tolerance of its policy publishes although it is behind.
      expr: `(${perSchedule(metric('prunefront_nightly_regression_ratio'))} > 0)
and on (schedule) (${perSchedule(metric('prunefront_nightly_last_outcome', { outcome: is('kept') }))} == 1)`,
      holds: '1m',
      severity: 'warning',
      summary: 'The newest night of schedule {{ $labels.schedule }} fell behind',
      description:
        'What the newest night of schedule {{ $labels.schedule }} selected is {{ $value | humanizePercentage }} of accuracy below what is published; the published model stays.',
      remedy:
        'Compare both fronts on the Nightly dashboard and in the report of the night. Often the newest model or data are worse than the ones before: look at them first. `npx prunefront published` lists and rolls back versions.',
    },
  ],
};
