import { type Constraint, isOwnMetric, type MetricName, type OwnMetric, type SweepSpec } from './spec.js';

/** A metric that a spec names, and where. */
export interface NamedMetric {
  readonly path: readonly (string | number)[];
  readonly metric: MetricName;
}

/** Where a spec names metrics. */
export type Naming = Pick<SweepSpec, 'objectives' | 'constraints' | 'select'>;

/** Every metric that a spec names: as an objective, in a constraint, or to select by. */
export function namedMetrics({ objectives, constraints, select }: Naming): NamedMetric[] {
  return [
    ...objectives.flatMap((objective, i) =>
      Object.entries(objective).map(([key, metric]) => ({
        path: ['objectives', i, key],
        metric: metric as MetricName,
      })),
    ),
    ...constraints.map((constraint, i) => ({
      path: ['constraints', i, keyOf(constraint)],
      metric: metricOf(constraint),
    })),
    ...(select === 'knee' ? [] : [{ path: ['select', 'best'], metric: select.best }]),
  ];
}

/** Those among them that are scored for that alone, each once, in alphabetical order. */
export function ownMetrics(spec: Naming): OwnMetric[] {
  const own = namedMetrics(spec).flatMap(({ metric }) => (isOwnMetric(metric) ? [metric] : []));
  return [...new Set(own)].sort();
}

/** Which direction of a metric the objectives ask for; null where none names it. */
export function namedDirection(metric: MetricName, { objectives }: Pick<Naming, 'objectives'>): 'more' | 'less' | null {
  for (const objective of objectives) {
    if ('maximize' in objective && objective.maximize === metric) return 'more';
    if ('minimize' in objective && objective.minimize === metric) return 'less';
  }
  return null;
}

function keyOf(constraint: Constraint): string {
  return 'accuracyDrop' in constraint ? 'accuracyDrop' : constraint.metric.name;
}

function metricOf(constraint: Constraint): MetricName {
  return 'accuracyDrop' in constraint ? 'accuracy' : constraint.metric.name;
}
