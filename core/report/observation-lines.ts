import type { ResultRow, SweepResult } from '../sweep/result.js';

/** The same value with the keys of all its objects in alphabetical order. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sortKeys(each)]));
}

function line(result: SweepResult, row: ResultRow): string {
  const ok = row.status === 'ok' ? row : null;
  // Every line has every key, so that a reader can take the first for the columns.
  return JSON.stringify({
    sweep: result.sweepId,
    id: row.id,
    label: row.label,
    status: row.status,
    stageKey: row.stageKey,
    onFront: ok?.onFront ?? false,
    selected: ok?.selected ?? false,
    accuracyChange: ok?.accuracyChange ?? null,
    ...(ok?.scoreChange === undefined ? {} : { scoreChange: ok.scoreChange }),
    violations: ok?.violations ?? [],
    candidate: sortKeys(row.candidate),
    observation: sortKeys(ok?.observation ?? null),
    cause: sortKeys(row.status === 'failed' ? row.cause : null),
  });
}

/**
 * The result as JSON lines: the dense model first, then every candidate, failed ones with their cause.
 * The same result gives the same bytes.
 */
export function observationLines(result: SweepResult): string {
  return result.rows.map((row) => `${line(result, row)}\n`).join('');
}
