import Table from 'cli-table3';
import pc from 'picocolors';
import type { ResultRow, SweepResult } from '../../core/sweep/result.js';
import { type TaskName, taskName } from '../../core/sweep/task.js';
import { bytes, count, decibels, number, points, score, scoreName, spread } from '../format.js';

type OkRow = Extract<ResultRow, { status: 'ok' }>;

/** The error that a task has beside its main metric. */
const ERRORS: Readonly<Record<TaskName, 'mae' | 'mse' | null>> = {
  classification: null,
  regression: 'mae',
  reconstruction: 'mse',
};

/** The front as a table, the dense model first, then by size. */
export function frontTable(result: SweepResult): string {
  const task = taskName(result.spec.task);
  const error = ERRORS[task];
  const rows = frontRows(result);
  const own = ownNames(rows);
  const head = [
    ...['', 'what it is', `${scoreName(task)} val`, 'test', 'Δ val', ...(error === null ? [] : [`${error} val`])],
    ...own.map((name) => `${name} val`),
    ...['parameters', 'nonzero', 'MACs', 'dense', 'gzip', 'p50 ms'],
  ];
  const table = new Table({
    head,
    colAligns: head.map((_, column) => (column < 2 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    const { observation: o } = row;
    const cells = [
      row.selected ? `${row.id} *` : row.id,
      row.label,
      score(o.validation) + spread(o.folds),
      o.test === null ? '' : score(o.test),
      row.id === 'dense' ? '' : changeText(row, task),
      ...(error === null ? [] : [number(o.validation[error] ?? Number.NaN)]),
      ...own.map((name) => number(o.validation.own?.[name] ?? Number.NaN)),
      count(o.parameters),
      count(o.nonzeroParameters),
      count(o.macs),
      bytes(o.bytesDense),
      bytes(o.bytesGzip),
      o.latency.p50.toFixed(2),
    ];
    table.push(row.selected ? cells.map((cell) => pc.bold(cell)) : cells);
  }
  return table.toString();
}

/** The metrics of plugins that some row has. */
function ownNames(rows: readonly OkRow[]): readonly string[] {
  return [...new Set(rows.flatMap(({ observation }) => Object.keys(observation.validation.own ?? {})))];
}

function changeText({ accuracyChange, scoreChange }: OkRow, task: TaskName): string {
  const change = accuracyChange ?? scoreChange ?? Number.NaN;
  return task === 'reconstruction' ? decibels(change) : points(change);
}

/** Rows of the table. */
export function frontRows({ rows }: SweepResult): OkRow[] {
  const ok = rows.filter((row): row is OkRow => row.status === 'ok');
  const dense = ok.filter(({ id }) => id === 'dense');
  const front = ok.filter(({ id, onFront }) => onFront && id !== 'dense');
  return [...dense, ...front.sort((a, b) => b.observation.bytesGzip - a.observation.bytesGzip)];
}

/** What failed, in lines. */
export function failureLines({ rows }: SweepResult): string[] {
  return rows.flatMap((row) =>
    row.status === 'failed' ? [pc.red(`✗ ${row.id} ${row.label}: ${row.cause.code} ${row.cause.message}`)] : [],
  );
}
