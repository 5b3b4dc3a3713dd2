// @ts-check
// One candidate in full: numbers beside those of the dense model, facts, curves and layers.
import { makeDetailCharts } from './detail-charts.js';
import { formatComparison, formatQuantity } from './format.js';

/** @typedef {import('../report-data.js').PageData} PageData */
/** @typedef {import('../report-data.js').PageRow} PageRow */

/**
 * @param {string} tag
 * @param {string} text
 * @param {string} [className]
 */
function element(tag, text, className = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className !== '') made.className = className;
  return made;
}

/** @param {string} id */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element '${id}'`);
  return found;
}

/** @param {PageRow} row */
function badges(row) {
  if (row.cause !== null) return [element('span', 'failed', 'badge failed'), element('span', ` ${row.cause}`)];
  const standing = row.id === 'dense' ? 'dense' : row.selected ? 'selected' : row.onFront ? 'front' : 'dominated';
  return [
    element('span', standing, `badge ${standing}`),
    ...row.violations.map((text) => element('span', text, 'badge failed')),
  ];
}

/** @param {PageData} data @param {PageRow} row */
function comparison(data, row) {
  const dense = data.rows.find(({ id }) => id === 'dense')?.values ?? {};
  return data.metrics
    .filter(({ kind }) => kind !== 'change' && kind !== 'decibelChange')
    .map(({ name, label, kind, meaning }) => {
      const line = document.createElement('tr');
      const heading = element('th', label);
      heading.setAttribute('scope', 'row');
      heading.title = meaning;
      const [value, before] = [row.values[name], dense[name]];
      const compared =
        name === 'reachedSparsity' || name === 'deviceSeconds' || name === 'loss'
          ? ''
          : formatComparison(value, before, kind);
      line.append(
        heading,
        ...[formatQuantity(value, kind), formatQuantity(before, kind), compared].map((text) =>
          element('td', text, 'number'),
        ),
      );
      return line;
    });
}

/** @param {PageRow} row */
function facts(row) {
  return row.facts.map(([key, value]) => {
    const pair = document.createElement('div');
    pair.append(element('dt', key), element('dd', value));
    return pair;
  });
}

/** @param {PageRow} row */
function layersHelp(row) {
  const floors = row.layers.filter(({ floorHit }) => floorHit).map(({ name }) => name);
  return floors.length === 0
    ? ''
    : `Pruning stopped at the floor of ${floors.join(', ')}, so that the network stays connected.`;
}

/**
 * The detail view.
 * @param {PageData} data
 */
export function makeDetail(data) {
  const charts = makeDetailCharts(data.progress);
  const selected = data.rows.find((row) => row.selected) ?? null;
  return {
    /** @param {PageRow} row */
    show(row) {
      byId('detail-label').textContent = row.label;
      byId('detail-badges').replaceChildren(...badges(row));
      byId('detail-table')
        .querySelector('tbody')
        ?.replaceChildren(...comparison(data, row));
      byId('detail-facts').replaceChildren(...facts(row));
      byId('layers-help').textContent = layersHelp(row);
      const candidate = /** @type {HTMLSelectElement} */ (byId('candidate'));
      candidate.value = row.id;
      for (const [id, what] of [
        ['loss', 'Training loss'],
        ['progress', `${data.progress.label} and sparsity`],
        ['layers', 'Sparsity per layer'],
      ]) {
        byId(String(id)).setAttribute('aria-label', `${what} of ${row.label}`);
      }
      charts.draw(row, selected === null || selected.id === row.id ? null : selected);
    },
  };
}
