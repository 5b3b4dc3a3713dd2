import type { MetricName } from '../sweep/spec.js';
import type { Kind } from './assets/format.js';

/** A number that the report shows of a row. */
export type ReportMetric =
  | MetricName
  | ('accuracyChange' | 'testAccuracy' | 'afterPruningAccuracy')
  | ('scoreChange' | 'testScore' | 'afterPruningScore')
  | 'reachedSparsity';

/** How a metric is called, written, and which direction is the better one. */
export interface MetricInfo {
  readonly name: ReportMetric;
  readonly label: string;
  readonly kind: Kind;
  /** Null where neither direction is better as such. */
  readonly better: 'more' | 'less' | null;
  /** What exactly was measured, in one sentence. */
  readonly meaning: string;
}
