/** Processes that serve metrics. */
export type Process = 'gateway' | 'orchestrator' | 'worker';

/** What a metric is, before any process counts anything. Units are base units; names follow Prometheus' conventions. */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly servedBy: readonly Process[];
  readonly labels: readonly string[];
  readonly help: string;
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

/** A counter: how often something has happened. */
export function counter<const Label extends string>(
  servedBy: readonly Process[],
  labels: readonly Label[],
  help: string,
) {
  return { type: 'counter', servedBy, labels, help } as const;
}

/** A gauge: what is at the moment. */
export function gauge<const Label extends string>(
  servedBy: readonly Process[],
  labels: readonly Label[],
  help: string,
) {
  return { type: 'gauge', servedBy, labels, help } as const;
}

/** A histogram: how measured values are spread over buckets. */
export function histogram<const Label extends string>(
  servedBy: readonly Process[],
  labels: readonly Label[],
  help: string,
  buckets: readonly number[],
) {
  return { type: 'histogram', servedBy, labels, help, buckets } as const;
}
