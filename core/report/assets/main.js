// @ts-check
// The page: one candidate is picked at a time, and every part shows it.
import { byId, makeDetail } from './detail.js';
import { makeParetoChart, needsNearView, plotPoints } from './pareto-chart.js';
import { makeTable } from './table.js';

/** @typedef {import('../report-data.js').PageData} PageData */

/** @type {PageData} */
const data = JSON.parse(byId('data').textContent ?? '');
const select = (/** @type {string} */ id) => /** @type {HTMLSelectElement} */ (byId(id));
const box = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (byId(id));

const detail = makeDetail(data);
const table = makeTable(data);
const pareto = makeParetoChart(data, pick);
/** @type {string | null} */
let picked = null;

/** @param {string} name */
function metric(name) {
  const found = data.metrics.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no metric '${name}'`);
  return found;
}

function view() {
  return {
    x: metric(select('axis-x').value),
    y: metric(select('axis-y').value),
    log: box('log-x').checked,
    near: box('near').checked,
    picked,
  };
}

function draw() {
  const shown = view();
  const outside = pareto.draw(shown);
  byId('outside').textContent = outside === 0 ? '' : `${outside} outside this view.`;
  const points = plotPoints(data, shown);
  byId('pareto').setAttribute(
    'aria-label',
    `${shown.y.label} against ${shown.x.label}, ${points.length} points, ${picked ?? 'none'} shown below. All values are in the table.`,
  );
}

/** @param {string} id */
function pick(id) {
  const row = data.rows.find((each) => each.id === id);
  if (row === undefined) return;
  picked = id;
  history.replaceState(null, '', `#${encodeURIComponent(id)}`);
  detail.show(row);
  table.mark(id);
  draw();
}

/** Arrow keys go through the points from left to right. @param {KeyboardEvent} event */
function step(event) {
  const direction = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (direction === undefined) return;
  event.preventDefault();
  const points = plotPoints(data, view()).sort((a, b) => a.x - b.x || a.y - b.y);
  const at = points.findIndex(({ id }) => id === picked);
  const next = points[(at + direction + points.length) % points.length];
  if (next !== undefined) pick(next.id);
}

for (const id of ['axis-x', 'axis-y', 'log-x', 'near']) byId(id).addEventListener('change', draw);
select('candidate').addEventListener('change', () => pick(select('candidate').value));
byId('pareto').addEventListener('keydown', step);
for (const button of document.querySelectorAll('[data-pick]')) {
  button.addEventListener('click', () => {
    pick(/** @type {HTMLElement} */ (button).dataset.pick ?? '');
    byId('detail').scrollIntoView({ block: 'start' });
  });
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => pick(picked ?? ''));

box('near').checked = needsNearView(data, view());
const linked = decodeURIComponent(location.hash.slice(1));
pick(data.rows.some(({ id }) => id === linked) ? linked : (data.first ?? ''));
draw();
