import Table from 'cli-table3';
import pc from 'picocolors';
import type { ResultRow, SweepResult } from '../../core/sweep/result.js';
import { bytes, count, percent, points } from '../format.js';

type OkRow = Extract<ResultRow, { status: 'ok' }>;

/** The front as a table, the dense model first, then by size. */
export function frontTable(result: SweepResult): string {
  const table = new Table({
    head: [
      '',
      'what it is',
      'accuracy val',
      'test',
      'Δ val',
      'parameters',
      'nonzero',
      'MACs',
      'dense',
      'gzip',
      'p50 ms',
    ],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const row of frontRows(result)) {
    const { observation: o } = row;
    const cells = [
      row.selected ? `${row.id} *` : row.id,
      row.label,
      percent(o.validation.accuracy),
      o.test === null ? '' : percent(o.test.accuracy),
      row.id === 'dense' ? '' : points(row.accuracyChange),
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
