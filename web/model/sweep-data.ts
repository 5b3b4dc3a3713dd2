import { type MetricInfo, metricInfo, ownAmong, type ReportMetric, sweepMetrics } from '../../core/report/metrics.js';
import { mainNames } from '../../core/report/quality-metrics.js';
import { curveMetric, type PageData, type PageRow } from '../../core/report/report-data.js';
import type { FrontPoint, SweepProgress } from '../../core/sweep/progress.js';
import { mainMetric, mainScore, type TaskName, taskOf } from '../../core/sweep/task.js';

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
  const task = taskOfSweep(progress);
  const measured = [...all.values()].map((point) => ({
    ...blank(point.id, point.label),
    onFront: onFront.has(point.id),
    selected: selected?.id === point.id,
    values: valuesOf(point, baseline),
  }));
  const failed = [...failures.values()].map(({ id, label, cause }) => ({
    ...blank(id, label),
    status: 'failed' as const,
    cause: `${cause.code}: ${cause.message}`,
  }));
  return {
    metrics: sweepMetrics(task, progress.policy),
    axes: { x: 'bytesGzip', y: mainMetric(task) },
    progress: curveMetric(task),
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

function valuesOf({ summary }: FrontPoint, baseline: FrontPoint | null): PageRow['values'] {
  const change = baseline === null ? null : mainScore(summary) - mainScore(baseline.summary);
  return { ...summary, ...summary.own, [mainNames(taskOf(summary)).change]: change };
}

/** The task of a sweep, as far as what was measured says; a classification until then. */
export function taskOfSweep({ baseline, front }: Pick<SweepProgress, 'baseline' | 'front'>): TaskName {
  return taskOf(baseline?.summary ?? front[0]?.summary ?? {});
}

const TABLE_COSTS: readonly ReportMetric[] = ['reachedSparsity', 'bytesGzip', 'macs', 'latencyP50'];

/** Metrics of the table of candidates, which leaves out what the details tell: the task's main one, its change, further ones that the spec names, and costs. */
export function tableMetrics(metrics: readonly MetricInfo[]): readonly MetricInfo[] {
  return [...metrics.slice(0, 2), ...ownAmong(metrics), ...TABLE_COSTS.map((name) => metricInfo(name))];
}

/** The metric of a name that an address holds, or the one to show without. */
export function metricOr(metrics: readonly MetricInfo[], name: string | null, otherwise: ReportMetric): MetricInfo {
  return (
    metrics.find((metric) => metric.name === name) ??
    metrics.find((metric) => metric.name === otherwise) ??
    metricInfo(otherwise)
  );
}

/** The best point of a front by the task's main metric, beside the dense model. */
export function bestOf({ front }: SweepProgress): FrontPoint | null {
  const others = front.filter(({ id }) => id !== DENSE);
  return others.reduce<FrontPoint | null>(
    (best, point) => (best === null || mainScore(point.summary) > mainScore(best.summary) ? point : best),
    null,
  );
}
