import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import type { MetricName } from '../workers/metrics/catalogue.js';
import { type AnyMetric, type Match, type Matchers, selector, sumBy } from './promql.js';
import { DATA_SOURCE } from './variables.js';

/** Matches what is chosen in a variable of the dashboard. */
export const chosen = (variable: string): Match => `=~"$${variable}"`;

/** Processes that are chosen; every selector of a dashboard has these. */
const PROCESSES = { job: chosen('job'), instance: chosen('instance') };

/** A selector of a metric from the processes that are chosen. */
export function shown<Name extends AnyMetric>(name: Name, matchers?: Matchers<Name>): string {
  return selector(name, { ...PROCESSES, ...matchers });
}

/** Growth a second of a counter from the processes that are chosen. */
export function rateOf<Name extends AnyMetric>(name: Name, matchers?: Matchers<Name>): string {
  return `rate(${shown(name, matchers)}[$__rate_interval])`;
}

/** Growth of a counter over the time that the dashboard shows. */
export function growthOf<Name extends AnyMetric>(name: Name, matchers?: Matchers<Name>): string {
  return `increase(${shown(name, matchers)}[$__range])`;
}

/** A quantile of the observations of a histogram of the catalogue, by labels. */
export function quantileOf<Name extends MetricName>(
  quantile: number,
  name: Name,
  by: readonly string[],
  matchers?: Matchers<Name>,
): string {
  return quantileOfBuckets(quantile, `${name}_bucket`, by, matchers);
}

/** The same of a histogram that is not ours, by the name of its buckets. */
export function quantileOfBuckets(
  quantile: number,
  buckets: string,
  by: readonly string[],
  matchers: Readonly<Partial<Record<string, Match>>> = {},
): string {
  const rate = `rate(${selector(buckets, { ...PROCESSES, ...matchers })}[$__rate_interval])`;
  return `histogram_quantile(${quantile}, ${sumBy(['le', ...by], rate)})`;
}

/** A query over the time that the dashboard shows. */
export function overTime(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(DATA_SOURCE).expr(expr).legendFormat(legend).range();
}

/** A query for the newest values. */
export function now(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(DATA_SOURCE).expr(expr).legendFormat(legend).instant();
}

/** A query whose answer is rows: a column a label, and the value. */
export function rows(expr: string): DataqueryBuilder {
  return now(expr, '').format(PromQueryFormat.Table);
}

/** Rows of each point in time. */
export function rowsOverTime(expr: string): DataqueryBuilder {
  return overTime(expr, '').format(PromQueryFormat.Table);
}
