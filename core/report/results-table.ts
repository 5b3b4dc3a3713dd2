import { shortError } from '../errors.js';
import type { ResultRow, SweepResult } from '../sweep/result.js';
import { taskName } from '../sweep/task.js';
import { formatQuantity } from './assets/format.js';
import { html, type Markup } from './html.js';
import { type MetricInfo, rowValues, sweepMetrics } from './metrics.js';

/** What a row is, in a word. */
function standing(row: ResultRow): string {
  if (row.status === 'failed') return 'failed';
  if (row.id === 'dense') return 'dense';
  if (row.selected) return 'selected';
  return row.onFront ? 'front' : 'dominated';
}

function cells(row: ResultRow, metrics: readonly MetricInfo[]): readonly Markup[] {
  if (row.status === 'failed') {
    return [
      html`<td class="cause" colspan="${metrics.length}"><code>${row.cause.code}</code> ${shortError(row.cause)}</td>`,
    ];
  }
  const values = rowValues(row);
  return metrics.map(({ name, kind }) => html`<td class="number">${formatQuantity(values[name], kind)}</td>`);
}

function tableRow(row: ResultRow, metrics: readonly MetricInfo[]): Markup {
  const is = standing(row);
  return html`<tr data-id="${row.id}" data-standing="${is}">
<th scope="row"><button type="button" class="pick" data-pick="${row.id}">${row.id}</button></th>
<td class="label">${row.label}</td><td><span class="badge ${is}">${is}</span></td>${cells(row, metrics)}</tr>
`;
}

/** The table of all rows with all metrics; the page's script makes it sortable and filterable. */
export function resultsTable(result: SweepResult): Markup {
  const metrics = sweepMetrics(taskName(result.spec.task), result.spec);
  const headings = metrics.map(
    ({ name, label, meaning }) =>
      html`<th scope="col" class="number" data-sort="${name}"><button type="button" title="${meaning}">${label}</button></th>`,
  );
  return html`<section aria-labelledby="table-title">
<h2 id="table-title">All candidates</h2>
<div class="controls"><label class="grow">Filter <input id="filter" type="search" placeholder="filter l1, 80 %, c017 …" autocomplete="off"></label>
<label>Show <select id="standing"><option value="">all</option><option value="front">the front</option><option value="ok">measured</option><option value="failed">failed</option></select></label>
<output id="shown" for="filter standing">${result.rows.length} of ${result.rows.length}</output></div>
<div class="scroll" tabindex="0" role="region" aria-labelledby="table-title"><table id="results">
<thead><tr><th scope="col" data-sort="id"><button type="button">Id</button></th><th scope="col" data-sort="label"><button type="button">Candidate</button></th><th scope="col" data-sort="standing"><button type="button">Standing</button></th>${headings}</tr></thead>
<tbody>
${result.rows.map((row) => tableRow(row, metrics))}</tbody></table></div>
</section>`;
}

/** The candidates that failed, each with its cause; empty where none did. */
export function failedList(rows: readonly ResultRow[]): Markup {
  const failed = rows.flatMap((row) => (row.status === 'failed' ? [row] : []));
  if (failed.length === 0) return html`<p class="failed">No candidate failed.</p>`;
  return html`<details class="failed"><summary>${failed.length} failed, not in the plot</summary><ul>${failed.map(
    (row) =>
      html`<li><button type="button" class="pick" data-pick="${row.id}">${row.id}</button> ${row.label}: <code>${row.cause.code}</code> ${shortError(row.cause)}</li>`,
  )}</ul></details>`;
}
