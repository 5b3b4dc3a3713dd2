// @ts-check
// Sorting and filtering of the table of all candidates.

/** @typedef {import('../report-data.js').PageData} PageData */
/** @typedef {import('../report-data.js').PageRow} PageRow */

/** @param {PageRow} row @param {HTMLElement} line @param {string} key @returns {string | number | null} */
function sortValue(row, line, key) {
  if (key === 'id') return row.id;
  if (key === 'label') return row.label;
  if (key === 'standing') return line.dataset.standing ?? '';
  return /** @type {Record<string, number | null | undefined>} */ (row.values)[key] ?? null;
}

/** @param {string | number | null} a @param {string | number | null} b @param {number} direction */
function compare(a, b, direction) {
  // What was not measured stands last, whichever way.
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === 'number' && typeof b === 'number') return direction * (a - b);
  return direction * String(a).localeCompare(String(b), 'en', { numeric: true });
}

/** @param {PageRow} row @param {string} wanted */
function passes(row, wanted) {
  if (wanted === 'front') return row.onFront || row.selected || row.id === 'dense';
  return wanted === '' || row.status === wanted;
}

/**
 * Makes the table sortable by its headings and filterable by the controls above it.
 * @param {PageData} data
 */
export function makeTable(data) {
  const table = /** @type {HTMLTableElement} */ (document.getElementById('results'));
  const filter = /** @type {HTMLInputElement} */ (document.getElementById('filter'));
  const standing = /** @type {HTMLSelectElement} */ (document.getElementById('standing'));
  const shown = /** @type {HTMLOutputElement} */ (document.getElementById('shown'));
  const body = /** @type {HTMLTableSectionElement} */ (table.tBodies[0]);
  const rows = new Map(data.rows.map((row) => [row.id, row]));
  const lines = [...body.rows].flatMap((line) => {
    const row = rows.get(line.dataset.id ?? '');
    return row === undefined
      ? []
      : [{ line, row, text: `${row.id} ${row.label} ${line.dataset.standing} ${row.cause ?? ''}`.toLowerCase() }];
  });

  /** @param {HTMLElement} heading */
  function sortBy(heading) {
    const ascending = heading.getAttribute('aria-sort') !== 'ascending';
    for (const other of table.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort');
    heading.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
    const key = heading.dataset.sort ?? 'id';
    const sorted = lines.toSorted((a, b) =>
      compare(sortValue(a.row, a.line, key), sortValue(b.row, b.line, key), ascending ? 1 : -1),
    );
    body.append(...sorted.map(({ line }) => line));
  }

  function applyFilter() {
    const words = filter.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    let count = 0;
    for (const { line, row, text } of lines) {
      line.hidden = !(passes(row, standing.value) && words.every((word) => text.includes(word)));
      if (!line.hidden) count += 1;
    }
    shown.value = `${count} of ${lines.length}`;
  }

  for (const heading of table.querySelectorAll('th[data-sort]')) {
    heading.querySelector('button')?.addEventListener('click', () => sortBy(/** @type {HTMLElement} */ (heading)));
  }
  filter.addEventListener('input', applyFilter);
  standing.addEventListener('change', applyFilter);
  return {
    /** @param {string} id */
    mark(id) {
      for (const { line, row } of lines) line.toggleAttribute('data-picked', row.id === id);
    },
  };
}
