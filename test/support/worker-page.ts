import { METRICS, type MetricDefinition, type MetricName } from '../../workers/metrics/catalogue.js';

/** Values of labels on the page of a node that stands in; a label has one value where it is not named. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  process: ['worker'],
  state: ['free', 'busy', 'starting', 'closed'],
  outcome: ['done', 'failed'],
  device: ['gpu'],
};

/**
 * A page of every metric that a worker serves, under the names and labels of the catalogue, for machines without GPUs and
 * processes that are not under test. Counters grow with `n`.
 */
export function workerPage(n: number): string {
  return Object.entries<MetricDefinition>(METRICS)
    .filter(([, { servedBy }]) => servedBy.includes('worker'))
    .map(([name, definition]) => page(name as MetricName, definition, n))
    .join('');
}

function page(name: MetricName, { type, labels, buckets = [] }: MetricDefinition, n: number): string {
  const lines = combinations(labels).flatMap((of) => {
    if (type !== 'histogram') return [`${name}{${of}} ${type === 'counter' ? n : 1}`];
    const bounds = [...buckets.map(String), '+Inf'];
    return [
      ...bounds.map((le) => `${name}_bucket{${[of, `le="${le}"`].filter(Boolean).join(',')}} ${n}`),
      `${name}_sum{${of}} ${n}`,
      `${name}_count{${of}} ${n}`,
    ];
  });
  return `# TYPE ${name} ${type}\n${lines.join('\n')}\n`;
}

function combinations(labels: readonly string[]): readonly string[] {
  return labels.reduce<readonly string[]>(
    (found, label) =>
      found.flatMap((before) =>
        (VALUES[label] ?? [`${label}-1`]).map((value) => [before, `${label}="${value}"`].filter(Boolean).join(',')),
      ),
    [''],
  );
}
