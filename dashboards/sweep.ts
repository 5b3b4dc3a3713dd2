import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { MetricName } from '../workers/metrics/catalogue.js';
import { dashboard, type Row } from './dashboard.js';
import { frontNow, frontOverTime } from './front.js';
import { linkTo } from './links.js';
import { areas, bars, dials, levels, lines, numbers } from './panels.js';
import { is, type Matchers, maxBy, sumBy } from './promql.js';
import { chosen, now, overTime, quantileOf, rateOf, shown } from './queries.js';
import { highIsGood, lowIsGood, neutral } from './thresholds.js';
import { nodeVariable, sweepVariable } from './variables.js';

type SweepMetric = Extract<MetricName, `prunefront_sweep_${string}`>;

/** A gauge of the chosen sweeps. All gateways tell the same, so the maximum is what each says. */
function of<Name extends SweepMetric>(
  name: Name,
  by: readonly string[] = [],
  matchers?: Omit<Matchers<Name>, 'sweep'>,
): string {
  return maxBy(['sweep', ...by], shown(name, { sweep: chosen('sweep'), ...matchers } as Matchers<Name>));
}

const candidates = (state: string): string => of('prunefront_sweep_candidates', [], { state: is(state) });

const standing: Row = {
  title: 'How it stands',
  panels: [
    numbers(
      {
        title: 'State',
        description: 'State that the newest sweep of each name is in.',
        unit: 'none',
        thresholds: neutral,
        span: 6,
      },
      now(`${of('prunefront_sweep_state', ['state'])} == 1`, '{{sweep}}: {{state}}'),
    ).textMode(BigValueTextMode.Name),
    dials(
      {
        title: 'Progress',
        description: 'Candidates that are done or failed, of those that are planned.',
        unit: 'percentunit',
        thresholds: neutral,
        span: 6,
      },
      now(`(${candidates('done')} + ${candidates('failed')}) / ${candidates('planned')}`, '{{sweep}}'),
    ),
    numbers(
      {
        title: 'Time left',
        description:
          'Until the estimated end; 0 for a sweep that has ended. There is no estimate before the first candidate is done.',
        unit: 's',
        thresholds: neutral,
        span: 4,
      },
      now(`clamp_min(${of('prunefront_sweep_end_time_seconds')} - time(), 0)`, '{{sweep}}'),
    ),
    levels(
      {
        title: 'Budget used',
        description: 'Used fraction of the budgets of the spec: candidates, and time by the clock.',
        unit: 'percentunit',
        thresholds: lowIsGood(0.8, 1),
        span: 4,
      },
      now(of('prunefront_sweep_budget_used_ratio', ['budget']), '{{sweep}}: {{budget}}'),
    ).max(1),
    numbers(
      {
        title: 'Failed candidates',
        description:
          'Fraction of the ended candidates that could not work. Each has a typed cause; the sweep goes on without them.',
        unit: 'percentunit',
        thresholds: lowIsGood(0.1, 0.2),
        span: 4,
      },
      now(`${candidates('failed')} / (${candidates('done')} + ${candidates('failed')} > 0)`, '{{sweep}}'),
    ).noValue('none ended yet'),
  ],
};

const progress: Row = {
  title: 'Progress',
  panels: [
    lines(
      {
        title: 'Candidates',
        description:
          'Candidates that are planned, done and failed. A search that asks as it goes plans more over time.',
        unit: 'short',
        thresholds: neutral,
        span: 8,
      },
      overTime(of('prunefront_sweep_candidates', ['state']), '{{sweep}}: {{state}}'),
    ),
    areas(
      {
        title: 'Stages',
        description:
          'Stages by state: waiting for a stage before them, queued in the task queue, running on a slot, done.',
        unit: 'short',
        thresholds: neutral,
        span: 8,
      },
      overTime(of('prunefront_sweep_stages', ['state']), '{{sweep}}: {{state}}'),
    ).links([linkTo('fleet', 'Who runs them')]),
    lines(
      {
        title: 'Stages saved',
        description: 'Stages that were not run, because candidates share them or because the store had their results.',
        unit: 'short',
        thresholds: neutral,
        span: 8,
      },
      overTime(of('prunefront_sweep_stages_saved', ['how']), '{{sweep}}: {{how}}'),
    ),
    bars(
      {
        title: 'Throughput',
        description: 'Stages a minute that ended on the chosen nodes, by outcome.',
        unit: 'cpm',
        thresholds: neutral,
        span: 8,
      },
      overTime(
        `${sumBy(['outcome'], rateOf('prunefront_stages_ended_total', { sweep: chosen('sweep'), node: chosen('node') }))} * 60`,
        '{{outcome}}',
      ),
    ),
    lines(
      {
        title: 'Duration of stages',
        description: 'Median and 95th percentile of the time that stages ran on a slot, by method, over all sweeps.',
        unit: 's',
        thresholds: lowIsGood(3600, 14_400),
        span: 8,
      },
      overTime(quantileOf(0.5, 'prunefront_stage_run_seconds', ['method']), '{{method}}: median'),
      overTime(quantileOf(0.95, 'prunefront_stage_run_seconds', ['method']), '{{method}}: 95th percentile'),
    ),
    levels(
      {
        title: 'Failures by cause',
        description: 'Failed candidates by the error code of their cause; docs/errors.md says what each means.',
        unit: 'short',
        thresholds: lowIsGood(1, 10),
        span: 8,
      },
      now(of('prunefront_sweep_failed_candidates', ['cause']), '{{sweep}}: {{cause}}'),
    )
      .height(8)
      .decimals(0)
      .noValue('no failures'),
  ],
};

const front: Row = {
  title: 'Front',
  panels: [
    frontOverTime(of('prunefront_sweep_front_accuracy_ratio', ['rank']), of('prunefront_sweep_front_bytes', ['rank'])),
    frontNow(of('prunefront_sweep_front_accuracy_ratio', ['rank']), of('prunefront_sweep_front_bytes', ['rank'])),
    lines(
      {
        title: 'Hypervolume',
        description:
          'Hypervolume of the front, normalised to the dense model. It can only grow; while it stands still, new candidates bring nothing.',
        unit: 'short',
        thresholds: neutral,
        span: 12,
      },
      overTime(of('prunefront_sweep_hypervolume'), '{{sweep}}'),
    ).decimals(3),
    lines(
      {
        title: 'Size of the front',
        description: 'Candidates that no other one dominates.',
        unit: 'short',
        thresholds: neutral,
        span: 12,
      },
      overTime(of('prunefront_sweep_front_size'), '{{sweep}}'),
    ).decimals(0),
  ],
};

const best: Row = {
  title: 'Best against dense',
  panels: [
    numbers(
      {
        title: 'Accuracy drop',
        description:
          'Validation accuracy of the dense model minus that of the candidate that the policy selects so far. Below 0 the candidate is better.',
        unit: 'percentunit',
        thresholds: lowIsGood(0.01, 0.02),
        span: 6,
      },
      now(of('prunefront_sweep_accuracy_drop_ratio'), '{{sweep}}'),
    ).decimals(2),
    numbers(
      {
        title: 'Best accuracy',
        description: 'Best validation accuracy of any candidate so far.',
        unit: 'percentunit',
        thresholds: neutral,
        span: 6,
      },
      now(of('prunefront_sweep_best_accuracy_ratio'), '{{sweep}}'),
    ).decimals(2),
    numbers(
      {
        title: 'Times smaller',
        description: 'Bytes of the dense model after gzip, divided by those of the selected candidate.',
        unit: 'short',
        thresholds: highIsGood(1, 2),
        span: 6,
      },
      now(`${bytes('dense', 'gzip')} / ${bytes('selected', 'gzip')}`, '{{sweep}}'),
    ).decimals(1),
    numbers(
      {
        title: 'Times faster',
        description:
          'Median latency of one example through the dense model, divided by that through the selected candidate. Zeros alone make nothing faster.',
        unit: 'short',
        thresholds: highIsGood(0.95, 1.05),
        span: 6,
      },
      now(`${latency('dense')} / ${latency('selected')}`, '{{sweep}}'),
    ).decimals(2),
    lines(
      {
        title: 'Accuracy',
        description: 'Validation accuracy of the dense model and of the candidate that the policy selects so far.',
        unit: 'percentunit',
        thresholds: neutral,
        span: 8,
      },
      overTime(of('prunefront_sweep_accuracy_ratio', ['model']), '{{sweep}}: {{model}}'),
    ).max(1),
    lines(
      {
        title: 'Size',
        description: 'Bytes of the weights of both, by encoding.',
        unit: 'bytes',
        thresholds: neutral,
        span: 8,
      },
      overTime(of('prunefront_sweep_model_bytes', ['model', 'encoding']), '{{sweep}}: {{model}}, {{encoding}}'),
    ),
    lines(
      {
        title: 'Latency',
        description: 'Latency of one example through both.',
        unit: 's',
        thresholds: neutral,
        span: 8,
      },
      overTime(of('prunefront_sweep_latency_seconds', ['model', 'percentile']), '{{sweep}}: {{model}}, {{percentile}}'),
    ),
    lines(
      {
        title: 'Scores',
        description:
          'On validation, of the dense model and of the candidate that the policy selects so far: the main metric of the task (accuracy or R², at most 1, or PSNR in decibels), and metrics of plugins.',
        unit: 'short',
        thresholds: neutral,
        span: 24,
      },
      overTime(of('prunefront_sweep_score', ['model', 'metric']), '{{sweep}}: {{model}}, {{metric}}'),
    ).decimals(3),
  ],
};

function bytes(model: string, encoding: string): string {
  return of('prunefront_sweep_model_bytes', [], { model: is(model), encoding: is(encoding) });
}

function latency(model: string): string {
  return of('prunefront_sweep_latency_seconds', [], { model: is(model), percentile: is('p50') });
}

/** How sweeps stand, how their fronts grow, and what they have found. */
export function sweepDashboard(): DashboardBuilder {
  return dashboard('sweep', {
    description: 'Progress, front, and best candidates of sweeps.',
    from: 'now-6h',
    variables: [sweepVariable(), nodeVariable()],
    rows: [standing, progress, front, best],
  });
}
