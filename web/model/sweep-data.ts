import { type MetricInfo, metricInfo, REPORT_METRICS, type ReportMetric } from '../../core/report/metrics.js';
import type { PageData, PageRow } from '../../core/report/report-data.js';
import type { FrontPoint, SweepProgress } from '../../core/sweep/progress.js';

/** Id of the dense model among the candidates. */
export const DENSE = 'dense';

/** A candidate that failed, as far as a page needs it. */
export type Failure = SweepProgress['failures'][number];

/** What is known of a sweep's candidates while it runs. */
export interface KnownCandidates {
  readonly progress: SweepProgress;
  /** Every candidate that has been measured, by id. */
  readonly points: ReadonlyMap<string, FrontPoint>;
  readonly failures: ReadonlyMap<string, Failure>;
}

/** The plot and the table of a sweep that still runs, in the form of the report's. */
export function liveData({ progress, points, failures }: KnownCandidates): PageData {
  const { baseline, front, selected } = progress;
  const onFront = new Set(front.map(({ id }) => id));
  const all = new Map([...points, ...front.map((point) => [point.id, point] as const)]);
  if (baseline !== null) all.set(DENSE, baseline);
  const denseAccuracy = baseline?.summary.accuracy ?? null;
  const measured = [...all.values()].map((point) => ({
    ...blank(point.id, point.label),
    onFront: onFront.has(point.id),
    selected: selected?.id === point.id,
    values: valuesOf(point, denseAccuracy),
  }));
  const failed = [...failures.values()].map(({ id, label, cause }) => ({
    ...blank(id, label),
    status: 'failed' as const,
    cause: `${cause.code}: ${cause.message}`,
  }));
  return {
    metrics: REPORT_METRICS,
    axes: { x: 'bytesGzip', y: 'accuracy' },
    guides: [],
    rows: [...measured, ...failed].sort(byId),
    first: null,
  };
}

function blank(id: string, label: string): PageRow {
  return {
    ...{ id, label, status: 'ok', onFront: false, selected: false, violations: [], cause: null, values: {} },
    ...{ facts: [], curve: [], stages: [], layers: [] },
  };
}

function byId(a: PageRow, b: PageRow): number {
  if (a.id === DENSE || b.id === DENSE) return a.id === DENSE ? -1 : 1;
  return a.id.localeCompare(b.id, 'en', { numeric: true });
}

function valuesOf({ summary }: FrontPoint, denseAccuracy: number | null): PageRow['values'] {
  const accuracyChange = denseAccuracy === null ? null : summary.accuracy - denseAccuracy;
  return { ...summary, accuracyChange };
}

/** Metrics of the table of candidates, which leaves out what the details tell. */
export const TABLE_METRICS: readonly MetricInfo[] = (
  ['accuracy', 'accuracyChange', 'reachedSparsity', 'bytesGzip', 'macs', 'latencyP50'] satisfies ReportMetric[]
).map(metricInfo);

/** The metric of a name that an address holds, or the one to show without. */
export function metricOr(name: string | null, otherwise: ReportMetric): MetricInfo {
  return REPORT_METRICS.find((metric) => metric.name === name) ?? metricInfo(otherwise);
}

/** The most accurate point of a front beside the dense model. */
export function bestOf({ front }: SweepProgress): FrontPoint | null {
  const others = front.filter(({ id }) => id !== DENSE);
  return others.reduce<FrontPoint | null>(
    (best, point) => (best === null || point.summary.accuracy > best.summary.accuracy ? point : best),
    null,
  );
}
