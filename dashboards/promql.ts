import type { METRICS, MetricName } from '../workers/metrics/catalogue.js';
import type { ForeignMetric } from './foreign-metrics.js';

/** A label matcher without its label, `="free"` for example. */
export type Match = `${'=' | '!=' | '=~' | '!~'}"${string}"`;

type Labels<Name> = Name extends MetricName ? (typeof METRICS)[Name]['labels'][number] : string;
/** Matchers by label; a label that the metric lacks does not compile. */
export type Matchers<Name> = Readonly<Partial<Record<Labels<Name>, Match>>>;
/** Any metric that a dashboard may show. */
export type AnyMetric = MetricName | ForeignMetric;

export const is = (value: string): Match => `="${value}"`;
export const isNot = (value: string): Match => `!="${value}"`;
export const among = (...values: readonly string[]): Match => `=~"${values.join('|')}"`;

/** A selector of a metric: `name{label="value"}`. */
export function metric<Name extends AnyMetric>(name: Name, matchers?: Matchers<Name>): string {
  return selector(name, matchers ?? {});
}

/** The name and matchers as PromQL, in the order in which they are given. */
export function selector(name: string, matchers: Readonly<Partial<Record<string, Match>>>): string {
  const parts = Object.entries(matchers).map(([label, match]) => `${label}${match}`);
  return parts.length === 0 ? name : `${name}{${parts.join(', ')}}`;
}

export const maxBy = (labels: readonly string[], expr: string): string => aggregate('max', labels, expr);
export const sumBy = (labels: readonly string[], expr: string): string => aggregate('sum', labels, expr);

function aggregate(operator: string, labels: readonly string[], expr: string): string {
  return labels.length === 0 ? `${operator}(${expr})` : `${operator} by (${labels.join(', ')}) (${expr})`;
}
