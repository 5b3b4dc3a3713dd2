import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { METRICS, MetricName } from '../workers/metrics/catalogue.js';

/** The data source that is chosen in the dashboard. */
export const DATA_SOURCE = { type: 'prometheus', uid: '$datasource' };

const PROCESSES = '{__name__=~"prunefront_build_info|DCGM_FI_DEV_GPU_UTIL"}';

/** Variables of every dashboard: where the metrics are, and of which processes. */
export function processVariables(): (DatasourceVariableBuilder | QueryVariableBuilder)[] {
  return [
    new DatasourceVariableBuilder('datasource')
      .label('Data source')
      .description('The Prometheus that scrapes Prunefront')
      .type('prometheus'),
    choice('job', 'Job', 'Jobs of the scrape configuration', `label_values(${PROCESSES}, job)`),
    choice(
      'instance',
      'Instance',
      'Processes that serve metrics, and DCGM exporters',
      `label_values(${PROCESSES.replace('}', ', job=~"$job"}')}, instance)`,
    ),
  ];
}

export const sweepVariable = (): QueryVariableBuilder =>
  ours('sweep', 'Sweep', 'Names of sweeps', 'prunefront_sweep_state', 'sweep');
export const nodeVariable = (): QueryVariableBuilder =>
  ours('node', 'Node', 'Nodes that run stages', 'prunefront_slots', 'node');
export const scheduleVariable = (): QueryVariableBuilder =>
  ours('schedule', 'Schedule', 'Nightly schedules', 'prunefront_nightly_paused', 'schedule');
export const publicationVariable = (): QueryVariableBuilder =>
  ours(
    'publication',
    'Publication',
    'Names that models are published under',
    'prunefront_published_version',
    'publication',
  );

/** A variable of the values of a label. */
function ours<Name extends MetricName>(
  name: string,
  label: string,
  description: string,
  metric: Name,
  of: (typeof METRICS)[Name]['labels'][number],
): QueryVariableBuilder {
  return choice(name, label, description, `label_values(${metric}{job=~"$job", instance=~"$instance"}, ${of})`);
}

/** Any number of values, all of them at first. */
function choice(name: string, label: string, description: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(DATA_SOURCE)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ selected: true, text: 'All', value: '$__all' });
}
