import type { SweepResult } from '../sweep/result.js';
import { html, type Markup } from './html.js';

function pairs(entries: readonly (readonly [string, string])[]): Markup {
  return html`<dl class="pairs">${entries.map(([key, value]) => html`<div><dt>${key}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function versionsOf(result: SweepResult): readonly (readonly [string, string])[] {
  const measured = result.rows.flatMap((row) => (row.status === 'ok' ? [row.observation] : []));
  const devices = [...new Set(measured.map((observation) => observation.device))];
  const all = new Map<string, Set<string>>();
  for (const versions of [result.versions, ...measured.map((observation) => observation.versions)]) {
    for (const [name, version] of Object.entries(versions)) all.set(name, (all.get(name) ?? new Set()).add(version));
  }
  const known = [...all]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, found]) => [name, [...found].join(', ')] as const);
  return [...known, ['measured on', devices.join(', ') || 'nothing']];
}

function seedsOf({ spec, sweepId }: SweepResult): readonly (readonly [string, string])[] {
  return [
    ['sweep', sweepId],
    ['split seed', String(spec.split.seed)],
    ['baseline seed', String(spec.baseline.seed)],
    ['search seed', `${spec.search.seed} (${spec.search.algorithm})`],
  ];
}

/** Ids by the reason why their last stage ran eagerly. */
function eagerRows({ rows }: SweepResult): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const row of rows) {
    const engine = row.status === 'ok' ? row.observation.engine : undefined;
    if (engine?.kind === 'eager') found.set(engine.because, [...(found.get(engine.because) ?? []), row.id]);
  }
  return found;
}

/** Says which models could not be compiled; nothing where all were, or nobody knows. */
function eagerNote(result: SweepResult): readonly Markup[] {
  return [...eagerRows(result)].map(
    ([because, ids]) =>
      html`<li class="eager"><b>Not compiled:</b> ${ids.join(', ')} trained operation by operation, because ${because}. That takes longer; their latencies are those of single operations, so do not compare them with compiled ones.</li>
`,
  );
}

/** What each number is worth: which benefit is real today and how it was measured. */
export function measuringNote(result: SweepResult): Markup {
  return html`<section aria-labelledby="honest-title" class="note">
<h2 id="honest-title">What is real in these numbers</h2>
<ul>
<li><b>Zeros alone make nothing faster.</b> Masked weights shrink the file after gzip or in a sparse encoding; the dense shape, its MACs and its latency stay what they were.</li>
<li><b>Only what is physically removed</b> (filters, neurons) lowers MACs and measured latency. Each removal was proven: the smaller model gave the masked model’s outputs on a probe batch.</li>
<li><b>Bytes are of the weights file that you get</b>: as it is, and after gzip; those of a sparse encoding are counted, and no such file is written. Encoded bytes are of the whole <code>model.pfc</code> beside it, which loads back bit for bit. MACs of nonzero weights are what a sparse kernel could save, not what was saved.</li>
<li><b>Latency was measured</b> after warm-up on the device named with each candidate, while the other slots were training: compare candidates with the dense model of this report, not with another machine. Small differences are noise; the p95 shows how much.</li>
<li><b>The search saw validation only.</b> The test split was measured once, for finalists; where it is missing it was not measured. One seed says little about differences of a few examples.</li>
${eagerNote(result)}</ul>
</section>`;
}

/** The spec as the user wrote it, versions and seeds: what it takes to run this again. */
export function provenance(result: SweepResult): Markup {
  return html`<section aria-labelledby="again-title">
<h2 id="again-title">To run it again</h2>
<div class="columns"><div><h3>Spec</h3><pre tabindex="0"><code>${result.source}</code></pre></div>
<div><h3>Seeds</h3>${pairs(seedsOf(result))}<h3>Versions</h3>${pairs(versionsOf(result))}</div></div>
</section>`;
}
