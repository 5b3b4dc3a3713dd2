import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { among, maxBy } from './promql.js';
import { overTime, shown } from './queries.js';
import { DATA_SOURCE } from './variables.js';

/** Marks on the time axis: sweeps that start and end, and models that are published. Their time is the value of the metric. */
export function annotations(): AnnotationQueryBuilder[] {
  const ended = maxBy(['sweep'], shown('prunefront_sweep_state', { state: among('done', 'failed', 'cancelled') }));
  return [
    mark('Sweeps start', 'blue', shownAt('prunefront_sweep_start_time_seconds', 'sweep'), 'Sweep {{sweep}} starts'),
    mark(
      'Sweeps end',
      'green',
      // While a sweep runs, its end is an estimate.
      `${shownAt('prunefront_sweep_end_time_seconds', 'sweep')} and on (sweep) (${ended} == 1)`,
      'Sweep {{sweep}} ends',
    ),
    mark(
      'Publications',
      'purple',
      shownAt('prunefront_published_time_seconds', 'publication'),
      '{{publication}} gets a new version',
    ),
  ];
}

/** Milliseconds since 1970 by a label, as Grafana wants them. */
function shownAt(
  name:
    | 'prunefront_sweep_start_time_seconds'
    | 'prunefront_sweep_end_time_seconds'
    | 'prunefront_published_time_seconds',
  label: string,
): string {
  return `${maxBy([label], shown(name))} * 1000`;
}

function mark(name: string, color: string, expr: string, title: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATA_SOURCE)
    .enable(true)
    .iconColor(color)
    .target(overTime(expr, '').refId('Anno'))
    .expr(expr)
    .titleFormat(title)
    .useValueForTime(true);
}
