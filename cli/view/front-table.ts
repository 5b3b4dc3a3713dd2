import Table from 'cli-table3';
import pc from 'picocolors';
import { shortError } from '../../core/errors.js';
import { type MetricInfo, type ReportMetric, rowValues } from '../../core/report/metrics.js';
import { mainWord } from '../../core/report/quality-metrics.js';
import type { ResultRow, SweepResult } from '../../core/sweep/result.js';
import { mainMetric, type TaskName, taskName } from '../../core/sweep/task.js';
import { bytes, change, count, number, ownQuantity, quantity, score, spread } from '../format.js';
import { costMetric, objectiveMetrics } from './objectives.js';

type OkRow = Extract<ResultRow, { status: 'ok' }>;
type FailedRow = Extract<ResultRow, { status: 'failed' }>;

/** The error that a task has beside its main metric. */
const ERRORS: Readonly<Record<TaskName, 'mae' | 'mse' | null>> = {
  classification: null,
  regression: 'mae',
  reconstruction: 'mse',
};

/** The numbers that the table has whatever the objectives are, beside the metrics of the task. */
const FIXED: readonly ReportMetric[] = [
  ...(['parameters', 'nonzeroParameters', 'macs', 'bytesDense', 'bytesGzip', 'latencyP50'] as const),
];

/** The front as a table, the dense model first, then by what it costs; objectives without a column of their own are the last ones. */
export function frontTable(result: SweepResult): string {
  const task = taskName(result.spec.task);
  const error = ERRORS[task];
  const rows = frontRows(result);
  const own = ownNames(rows);
  const further = furtherObjectives(result, [error, ...own]);
  const head = [
    ...['', 'what it is', `${mainWord(task)} val`, 'test', 'Δ val', ...(error === null ? [] : [`${error} val`])],
    ...own.map((name) => `${name} val`),
    ...['parameters', 'nonzero', 'MACs', 'dense', 'gzip', 'p50 ms'],
    ...further.map(({ label }) => label),
  ];
  const table = new Table({
    head,
    colAligns: head.map((_, column) => (column < 2 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    const { observation: o } = row;
    const values = rowValues(row);
    const cells = [
      row.selected ? `${row.id} *` : row.id,
      row.label,
      score(o.validation) + spread(o.folds),
      o.test === null ? '' : score(o.test),
      row.id === 'dense' ? '' : change(row.accuracyChange ?? row.scoreChange ?? Number.NaN, task),
      ...(error === null ? [] : [number(o.validation[error] ?? Number.NaN)]),
      ...own.map((name) => ownQuantity(name, o.validation.own?.[name])),
      count(o.parameters),
      count(o.nonzeroParameters),
      count(o.macs),
      bytes(o.bytesDense),
      bytes(o.bytesGzip),
      o.latency.p50.toFixed(2),
      ...further.map(({ name, kind }) => quantity(values[name], kind)),
    ];
    table.push(row.selected ? cells.map((cell) => pc.bold(cell)) : cells);
  }
  return table.toString();
}

/** The metrics of objectives that have no column yet, each once. */
function furtherObjectives({ spec }: SweepResult, shown: readonly (string | null)[]): readonly MetricInfo[] {
  const task = taskName(spec.task);
  const known = [mainMetric(task), ...FIXED, ...shown];
  const metrics = objectiveMetrics(spec.objectives, task).filter(({ name }) => !known.includes(name));
  return [...new Map(metrics.map((metric) => [metric.name, metric])).values()];
}

/** The further metrics that some row has. */
function ownNames(rows: readonly OkRow[]): readonly string[] {
  return [...new Set(rows.flatMap(({ observation }) => Object.keys(observation.validation.own ?? {})))];
}

/** Rows of the table: the dense model, then the front, what costs most first. */
export function frontRows({ rows, spec }: SweepResult): OkRow[] {
  const cost = costMetric(spec.objectives, taskName(spec.task)).name;
  const costOf = (row: OkRow): number => rowValues(row)[cost] ?? 0;
  const ok = rows.filter((row): row is OkRow => row.status === 'ok');
  const dense = ok.filter(({ id }) => id === 'dense');
  const front = ok.filter(({ id, onFront }) => onFront && id !== 'dense');
  return [...dense, ...front.sort((a, b) => costOf(b) - costOf(a))];
}

/** What failed, in lines. */
export function failureLines({ rows }: SweepResult): string[] {
  return rows.flatMap((row) => (row.status === 'failed' ? [failureLine(row)] : []));
}

/** What failed and why, in a line. */
export function failureLine({ id, label, cause }: Pick<FailedRow, 'id' | 'label' | 'cause'>): string {
  return pc.red(`✗ ${id} ${label}: ${cause.code} ${shortError(cause)}`);
}
