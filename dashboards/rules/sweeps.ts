import { among, is, maxBy, metric, sumBy } from '../promql.js';
import type { RuleGroup } from './rule.js';

const perSweep = (expr: string): string => maxBy(['sweep'], expr);
const inState = (...states: readonly string[]): string =>
  `${perSweep(metric('prunefront_sweep_state', { state: among(...states) }))} == 1`;

const sinceProgress = `time() - ${perSweep(metric('prunefront_sweep_last_progress_time_seconds'))}`;
/** Stages that ran all along for so long hang, whatever other sweeps train meanwhile. */
const hangs = `(
    (${sinceProgress} > 4 * 3600)
    and on (sweep) (min_over_time(sweep:prunefront_sweep_stages_running:max[4h]) > 0)
  )`;

/** Sweeps that stand still, fail, or find nothing new. Gateways tell the same of a sweep, so the maximum is what each says. */
export const sweepRules: RuleGroup = {
  name: 'prunefront-sweeps',
  recordings: [
    {
      name: 'sweep:prunefront_sweep_stages_running:max',
      expr: perSweep(metric('prunefront_sweep_stages', { state: is('running') })),
    },
    {
      name: 'sweep:prunefront_sweep_stages_queued:max',
      expr: perSweep(metric('prunefront_sweep_stages', { state: is('queued') })),
    },
    {
      name: 'sweep:prunefront_sweep_hypervolume:max',
      expr: perSweep(metric('prunefront_sweep_hypervolume')),
    },
    {
      name: 'sweep:prunefront_sweep_candidates_done:max',
      expr: perSweep(metric('prunefront_sweep_candidates', { state: is('done') })),
    },
    {
      name: 'sweep:prunefront_sweep_candidates_failed:max',
      expr: perSweep(metric('prunefront_sweep_candidates', { state: is('failed') })),
    },
    {
      name: 'sweep:prunefront_sweep_candidates_failed:ratio',
      expr: `sweep:prunefront_sweep_candidates_failed:max
/ (sweep:prunefront_sweep_candidates_failed:max + sweep:prunefront_sweep_candidates_done:max > 0)`,
    },
  ],
  alerts: [
    {
      name: 'PrunefrontSweepNoProgress',
      // A stage may take hours while images are trained, and a sweep may wait for slots that others keep busy.
      expr: `(${sinceProgress} > 1800)
and on (sweep) (${inState('preparing', 'baseline', 'searching', 'scoring', 'publishing')})
unless on (sweep) (
  (sweep:prunefront_sweep_stages_running:max > 0)
  and on () (${sumBy([], `rate(${metric('prunefront_images_trained_total')}[10m])`)} > 0)
  unless on (sweep) ${hangs}
)
unless on (sweep) (
  (sweep:prunefront_sweep_stages_queued:max > 0)
  and on (sweep) (sweep:prunefront_sweep_stages_running:max == 0)
  and on () (${sumBy([], metric('prunefront_slots', { state: is('busy') }))} > 0)
)`,
      holds: '5m',
      severity: 'critical',
      summary: 'Sweep {{ $labels.sweep }} makes no progress',
      description:
        'No stage of sweep {{ $labels.sweep }} has ended for {{ $value | humanizeDuration }}, and it does not wait for slots that others use.',
      remedy:
        'See on the Sweep dashboard whether stages run or are queued. If some run, nothing is trained at all or they have run for four hours without an end: look at the nodes that run them (`npx prunefront nodes`) and their logs; stages that are meant to take so long are fine. If stages are queued alone, look for nodes: none there, drained, or of another GPU kind than the sweep wants. If none are queued either, see that an orchestrator runs and reaches Temporal.',
    },
    {
      name: 'PrunefrontSweepFailureRate',
      // A few candidates that cannot work are what a search is for; a sweep that ended an hour ago needs nobody any more.
      expr: `(sweep:prunefront_sweep_candidates_failed:ratio > 0.2)
and on (sweep) (sweep:prunefront_sweep_candidates_failed:max >= 3)
unless on (sweep) (${perSweep(metric('prunefront_sweep_end_time_seconds'))} < time() - 3600)`,
      holds: '2m',
      severity: 'warning',
      summary: 'Many candidates of sweep {{ $labels.sweep }} fail',
      description:
        '{{ $value | humanizePercentage }} of the ended candidates of sweep {{ $labels.sweep }} have failed.',
      remedy:
        'The panel "Failures by cause" names the error codes; docs/errors.md says what each means. Diverged candidates want a lower learning rate, those out of memory a smaller batch or another GPU kind, impossible shapes a lower sparsity.',
    },
    {
      name: 'PrunefrontFrontStalled',
      expr: `(sweep:prunefront_sweep_hypervolume:max - sweep:prunefront_sweep_hypervolume:max offset 2h < 0.001)
and on (sweep) (sweep:prunefront_sweep_candidates_done:max - sweep:prunefront_sweep_candidates_done:max offset 2h >= 10)
and on (sweep) (${inState('searching')})`,
      holds: '10m',
      severity: 'info',
      summary: 'The front of sweep {{ $labels.sweep }} stands still',
      description:
        'Ten candidates or more of sweep {{ $labels.sweep }} were done in two hours, and the hypervolume of its front grew by {{ $value | humanize }} alone.',
      remedy:
        'The search has probably found what its space holds. Let it end, or cancel it: what it found stays, and is ranked and scored. A wider space or another search algorithm may find more.',
    },
  ],
};
