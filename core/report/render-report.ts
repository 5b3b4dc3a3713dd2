import type { SweepResult } from '../sweep/result.js';
import { headline, pageHeader } from './headline.js';
import { html, Markup, scriptJson } from './html.js';
import type { MetricInfo } from './metrics.js';
import { measuringNote, provenance } from './notes.js';
import { cspHash, loadPageAssets, type PageAssets } from './page-assets.js';
import { type PageData, pageData } from './report-data.js';
import { failedList, resultsTable } from './results-table.js';

function axisChoice(axis: 'x' | 'y', label: string, chosen: string, metrics: readonly MetricInfo[]): Markup {
  const options = metrics.map(
    (m) => html`<option value="${m.name}"${new Markup(m.name === chosen ? ' selected' : '')}>${m.label}</option>`,
  );
  return html`<label>${label} <select id="axis-${axis}">${options}</select></label>`;
}

function paretoSection(result: SweepResult, { axes, metrics }: PageData): Markup {
  return html`<section aria-labelledby="pareto-title">
<h2 id="pareto-title">The Pareto front</h2>
<div class="controls">${axisChoice('y', 'Up', axes.y, metrics)}${axisChoice('x', 'Across', axes.x, metrics)}
<label class="check"><input type="checkbox" id="log-x"> log scale</label><label class="check"><input type="checkbox" id="near"> only near the front</label></div>
<div id="pareto" class="chart tall" tabindex="0" role="img" aria-describedby="pareto-help"></div>
<ul class="legend" aria-hidden="true"><li class="front">on the front</li><li class="dominated">dominated</li><li class="dense">dense</li><li class="selected">selected</li><li class="picked">shown below</li></ul>
<p id="pareto-help" class="help">The line joins the points that no other one beats on the two metrics shown; filled points are on the front of all objectives of the sweep. Click a point, or use the arrow keys, to see it below. <span id="outside"></span></p>
${failedList(result.rows)}
</section>`;
}

function detailSection(result: SweepResult, { first, progress }: PageData): Markup {
  const options = result.rows.map(
    ({ id, label }) =>
      html`<option value="${id}"${new Markup(id === first ? ' selected' : '')}>${id} · ${label}</option>`,
  );
  return html`<section aria-labelledby="detail-title" id="detail">
<h2 id="detail-title">One candidate</h2>
<div class="controls"><label class="grow">Candidate <select id="candidate">${options}</select></label></div>
<div aria-live="polite"><h3 id="detail-label"></h3><p id="detail-badges"></p></div>
<div class="columns detail"><div><div class="scroll" tabindex="0" role="region" aria-label="Compared with the dense model"><table id="detail-table"><thead><tr><th scope="col">Metric</th><th scope="col" class="number">This</th><th scope="col" class="number">Dense</th><th scope="col" class="number">Compared</th></tr></thead><tbody></tbody></table></div><dl id="detail-facts" class="pairs"></dl></div>
<div><h4>Training loss</h4><div id="loss" class="chart" role="img"></div><h4>${progress.label} and sparsity</h4><div id="progress" class="chart" role="img"></div><h4>Sparsity per layer</h4><div id="layers" class="chart" role="img"></div><p class="help" id="layers-help"></p></div></div>
</section>`;
}

/** Nothing is fetched: only these very scripts and this style may run. */
function securityPolicy({ style, charts, script }: PageAssets): string {
  return `default-src 'none'; script-src ${cspHash(charts)} ${cspHash(script)}; style-src ${cspHash(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
}

/**
 * The report of a sweep as one HTML page that needs no network: it works from a file, an attachment or an artifact store.
 * @param result a finished sweep
 * @param assets style and scripts of the page; those of this package if left out
 */
export function renderReport(result: SweepResult, assets: PageAssets = loadPageAssets()): string {
  const data = pageData(result);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(securityPolicy(assets))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Prunefront">
<title>${result.spec.name} · Prunefront</title>
<link rel="icon" href="data:,">
<style>${new Markup(assets.style)}</style>
</head>
<body>
<main>
${pageHeader(result)}
${headline(result)}
${paretoSection(result, data)}
${detailSection(result, data)}
${resultsTable(result)}
${measuringNote(result)}
${provenance(result)}
</main>
<footer>Made by Prunefront. Charts by Apache ECharts, Apache License 2.0.</footer>
<script type="application/json" id="data">${new Markup(scriptJson(data))}</script>
<script>${new Markup(assets.charts)}</script>
<script type="module">${new Markup(assets.script)}</script>
</body>
</html>
`;
  return page.text;
}
