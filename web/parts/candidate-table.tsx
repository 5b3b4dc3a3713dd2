import { useSignal } from '@preact/signals';
import { formatQuantity } from '../../core/report/assets/format.js';
import type { MetricInfo, ReportMetric } from '../../core/report/metrics.js';
import type { PageData, PageRow } from '../../core/report/report-data.js';
import { DENSE, tableMetrics } from '../model/sweep-data.js';
import { choose } from '../router.js';
import { Badge } from './badge.js';

/** Rows that are shown at first. */
const SHOWN = 100;

/** All candidates as a table: the plot for those who read numbers, or use the keyboard. */
export function CandidateTable(props: {
  readonly data: PageData;
  readonly picked: string | null;
  readonly beside: string | null;
}) {
  const order = useSignal<{ readonly by: ReportMetric; readonly down: boolean } | null>(null);
  const all = useSignal(false);
  const rows = sorted(props.data.rows, order.value);
  const metrics = tableMetrics(props.data.metrics);
  const shown = all.value ? rows : rows.slice(0, SHOWN);
  const sortBy = (by: ReportMetric) => () => {
    order.value = { by, down: order.value?.by === by ? !order.value.down : false };
  };
  return (
    <section aria-labelledby="candidates-title">
      <h2 id="candidates-title">Candidates</h2>
      <section class="scroll flat" aria-label="Table of candidates">
        <table id="results">
          <thead>
            <tr>
              <th scope="col">Candidate</th>
              <th scope="col">Standing</th>
              <th scope="col" class="label">
                What it is
              </th>
              {metrics.map(({ name, label, meaning }) => (
                <th
                  key={name}
                  scope="col"
                  class="number"
                  title={meaning}
                  aria-sort={order.value?.by === name ? (order.value.down ? 'descending' : 'ascending') : 'none'}
                >
                  <button type="button" onClick={sortBy(name)}>
                    {label}
                  </button>
                </th>
              ))}
              <th scope="col">Beside</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row
                key={row.id}
                row={row}
                metrics={metrics}
                isPicked={row.id === props.picked}
                isBeside={row.id === props.beside}
              />
            ))}
          </tbody>
        </table>
      </section>
      {shown.length < rows.length && (
        <button
          type="button"
          onClick={() => {
            all.value = true;
          }}
        >
          All {rows.length}
        </button>
      )}
    </section>
  );
}

function Row({
  row,
  metrics,
  isPicked,
  isBeside,
}: {
  readonly row: PageRow;
  readonly metrics: readonly MetricInfo[];
  readonly isPicked: boolean;
  readonly isBeside: boolean;
}) {
  const { id, label, values, cause } = row;
  return (
    <tr data-picked={isPicked ? '' : undefined}>
      <th scope="row">
        <button type="button" class="pick" aria-pressed={isPicked} onClick={() => choose({ candidate: id })}>
          {id}
        </button>
      </th>
      <td>
        <Badge of={standingOf(row)} />
      </td>
      <td class="label">
        {label}
        {cause !== null && <span class="cause"> {cause}</span>}
      </td>
      {metrics.map(({ name, kind }) => (
        <td key={name} class="number">
          {formatQuantity(values[name], kind)}
        </td>
      ))}
      <td>
        {cause === null && (
          <button
            type="button"
            class="plain"
            aria-pressed={isBeside}
            onClick={() => choose({ beside: isBeside ? null : id })}
          >
            compare<span class="hidden"> with {id}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

/** How a candidate stands among the others. */
export function standingOf({ id, status, selected, onFront }: PageRow): string {
  if (status === 'failed') return 'failed';
  if (id === DENSE) return 'dense';
  if (selected) return 'selected';
  return onFront ? 'front' : 'dominated';
}

function sorted(
  rows: readonly PageRow[],
  order: { readonly by: ReportMetric; readonly down: boolean } | null,
): readonly PageRow[] {
  if (order === null) return rows;
  const sign = order.down ? -1 : 1;
  const metricOf = ({ values }: PageRow): number | null => values[order.by] ?? null;
  return [...rows].sort((a, b) => {
    const [left, right] = [metricOf(a), metricOf(b)];
    // What has no number stands last, either way.
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
  });
}
