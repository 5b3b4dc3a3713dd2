import type { ResultRow, SweepResult } from '../sweep/result.js';
import { taskName } from '../sweep/task.js';
import { formatComparison, formatQuantity } from './assets/format.js';
import { html, type Markup, NOTHING } from './html.js';
import { type MetricInfo, metricInfo, type ReportMetric, rowValues } from './metrics.js';
import { mainNames } from './quality-metrics.js';

/** Beside the main metric of the task. */
const KEY_FIGURES: readonly ReportMetric[] = ['bytesGzip', 'bytesDense', 'macs', 'latencyP50'];

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** A span of time for people: `4 min 12 s`. */
function duration(fromIso: string, toIso: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(toIso) - Date.parse(fromIso)) / 1000));
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const shown = parts.filter(([n]) => n > 0).slice(0, 2);
  return shown.length === 0 ? '0 s' : shown.map(([n, unit]) => `${n} ${unit}`).join(' ');
}

function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** The top of the page: what the sweep is called, when it ran and how much it tried. */
export function pageHeader(result: SweepResult): Markup {
  const candidates = result.rows.filter((row) => row.candidate !== null);
  const failed = candidates.filter((row) => row.status === 'failed').length;
  const front = candidates.filter((row) => row.status === 'ok' && row.onFront).length;
  return html`<header>
<p class="eyebrow">Prunefront sweep report</p>
<h1>${result.spec.name}</h1>
<p class="meta"><time datetime="${result.finishedAt}">${DATE.format(new Date(result.finishedAt))} UTC</time>
<span>${duration(result.startedAt, result.finishedAt)}</span>
<span>${counted(candidates.length, 'candidate')}${failed === 0 ? '' : `, ${failed} failed`}</span>
<span>${front} on the front</span>
<span title="Hypervolume of the front, normalised to the dense model">hypervolume ${result.hypervolume.toFixed(3)}</span></p>
</header>`;
}

function keyFigure(
  { name, kind, label, meaning }: MetricInfo,
  dense: ResultRow | undefined,
  selected: ResultRow | undefined,
): Markup {
  const before = dense === undefined ? null : rowValues(dense)[name];
  const after = selected === undefined ? null : rowValues(selected)[name];
  const share = before && after ? Math.max(0, Math.min(1, after / before)) : 0;
  return html`<div class="figure" title="${meaning}">
<dt>${label}</dt>
<dd class="value">${formatQuantity(after ?? before, kind)}</dd>
<dd class="bar" aria-hidden="true"><svg viewBox="0 0 100 4" preserveAspectRatio="none"><rect class="whole" width="100" height="4"/><rect class="part" width="${(share * 100).toFixed(1)}" height="4"/></svg></dd>
<dd class="compare"><b>${after === null || after === undefined ? 'dense' : formatComparison(after, before, kind)}</b>${
    after === null || after === undefined ? NOTHING : html` <span>dense ${formatQuantity(before, kind)}</span>`
  }</dd>
</div>`;
}

/** The selected candidate, why it was selected, and its key figures beside those of the dense model. */
export function headline(result: SweepResult): Markup {
  const dense = result.rows.find((row) => row.id === 'dense');
  const selected = result.rows.find((row) => row.id === result.selection.id);
  const task = taskName(result.spec.task);
  const { validation, test } = mainNames(task);
  const figures = [validation, test, ...KEY_FIGURES].map((name) => metricInfo(name, task));
  const title =
    selected === undefined
      ? html`<h2 id="selected-title">No candidate was selected</h2>`
      : html`<h2 id="selected-title">Selected: ${selected.label} <span class="id">${selected.id}</span></h2>`;
  return html`<section aria-labelledby="selected-title" class="headline">
${title}
<p class="why">${result.selection.reason}</p>
<dl class="figures">${figures.map((info) => keyFigure(info, dense, selected))}</dl>
</section>`;
}
