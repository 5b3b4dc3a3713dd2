import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { failureLines, frontRows, frontTable } from '../../cli/view/front-table.js';
import type { ResultRow, SweepResult } from '../../core/sweep/result.js';
import type { Objective } from '../../core/sweep/spec.js';
import { sampleResult } from '../core/report/sample-result.js';

/** The sample sweep with other objectives; the more of a row's MACs are left, the fewer bytes its file has. */
function resultFor(objectives: readonly Objective[]): SweepResult {
  const sample = sampleResult();
  const rows = sample.rows.map((row): ResultRow => {
    if (row.status === 'failed') return row;
    const { observation } = row;
    const validation = { ...observation.validation, top5: 0.998 };
    return {
      ...row,
      observation: { ...observation, validation, bytesEncoded: 40_000, bytesGzip: 3_000_000 - observation.nonzeroMacs },
    };
  });
  return { ...sample, rows, spec: { ...sample.spec, objectives } };
}

/** The cells of a line of the table. */
function cells(table: string, line: number): string[] {
  const lines = stripVTControlCharacters(table).split('\n');
  return (lines[line] ?? '').split('│').map((cell) => cell.trim());
}

describe('the front in a terminal', () => {
  it('given objectives that have a column anyway, then there is no other one', () => {
    const table = frontTable(resultFor([{ maximize: 'accuracy' }, { minimize: 'bytesGzip' }]));
    expect(cells(table, 1).slice(1, -1)).toEqual([
      ...['', 'what it is', 'accuracy val', 'test', 'Δ val'],
      ...['parameters', 'nonzero', 'MACs', 'dense', 'gzip', 'p50 ms'],
    ]);
  });

  it('given others, then each has a column of its own, for the dense model and candidates alike', () => {
    const table = frontTable(
      resultFor([{ maximize: 'top5' }, { minimize: 'bytesEncoded' }, { minimize: 'batchLatencyP50' }]),
    );
    expect(cells(table, 1).slice(-4, -1)).toEqual(['Top 5, validation', 'Size, encoded', 'Batch latency p50']);
    for (const line of [3, 4]) {
      const told = cells(table, line).slice(-4, -1);
      expect(told.slice(0, 2)).toEqual(['99.80 %', '40.0 kB']);
      expect(told[2]).toMatch(/^\d+\.\d\d ms$/);
    }
  });

  it('given a cost among the objectives, then the front is in its order; without one in that of the bytes after gzip', () => {
    const ids = (objectives: readonly Objective[]): string[] => frontRows(resultFor(objectives)).map(({ id }) => id);
    const byMacs = ids([{ maximize: 'accuracy' }, { minimize: 'nonzeroMacs' }, { minimize: 'bytesGzip' }]);
    const byBytes = ids([{ maximize: 'accuracy' }, { minimize: 'loss' }]);
    expect([byMacs[0], byBytes[0]]).toEqual(['dense', 'dense']);
    const { rows } = resultFor([]);
    const macs = byMacs.slice(1).map((id) => {
      const row = rows.find((each) => each.id === id);
      return row?.status === 'ok' ? row.observation.nonzeroMacs : Number.NaN;
    });
    expect(macs.length).toBeGreaterThan(2);
    expect(macs).toEqual([...macs].sort((a, b) => b - a));
    expect(byBytes.slice(1)).not.toEqual(byMacs.slice(1));
  });

  it('given candidates that failed, then each is a line with its cause and what mends it', () => {
    const [line = ''] = failureLines(sampleResult());
    expect(stripVTControlCharacters(line)).toMatch(
      /^✗ c012 .*: PRUNEFRONT_DIVERGED the loss became NaN at step 31 <of 220> \(hint: lower the learning rate\)$/,
    );
  });
});
