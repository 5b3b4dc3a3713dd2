// @ts-check
// What the charts share: colours of the page's style, axes, tooltips.

/** @typedef {import('echarts').ECharts} Chart */

/**
 * A colour of the page's style, which follows the reader's light or dark setting.
 * @param {string} name
 */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/**
 * A chart in an element, kept as wide as the element.
 * @param {string} id
 * @returns {Chart}
 */
export function makeChart(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`no element '${id}'`);
  const chart = /** @type {any} */ (globalThis).echarts.init(element, null, { renderer: 'canvas' });
  new ResizeObserver(() => chart.resize()).observe(element);
  return chart;
}

/** What every chart has in common. */
export function baseOption() {
  return {
    animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    animationDuration: 300,
    animationDurationUpdate: 300,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour('ink') },
    grid: { left: 8, right: 20, top: 24, bottom: 8, containLabel: true },
  };
}

/**
 * A value axis with its title and a way to write its numbers.
 * @param {string} name
 * @param {(value: number) => string} write
 * @param {'x' | 'y'} side
 * @param {object} [more]
 * @param {boolean} [free] whether the ends of the axis are any numbers, whose labels would only disturb
 */
export function valueAxis(name, write, side, more = {}, free = false) {
  return {
    type: 'value',
    name,
    nameLocation: side === 'x' ? 'middle' : 'end',
    nameGap: side === 'x' ? 30 : 10,
    nameTextStyle: {
      color: colour('soft'),
      fontSize: 12,
      align: side === 'x' ? 'center' : 'left',
      padding: side === 'x' ? 0 : [0, 0, 0, -34],
    },
    axisLine: { show: side === 'x', lineStyle: { color: colour('line') } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: colour('line'), opacity: 0.6 }, show: side === 'y' },
    axisLabel: {
      color: colour('soft'),
      fontSize: 12,
      formatter: write,
      hideOverlap: true,
      showMinLabel: !free,
      showMaxLabel: !free,
    },
    splitNumber: 5,
    ...more,
  };
}

/**
 * A tooltip made of elements, never of markup.
 * @param {string} title
 * @param {readonly (readonly [string, string])[]} lines
 */
export function tooltipContent(title, lines) {
  const box = document.createElement('div');
  box.className = 'tip';
  const heading = document.createElement('b');
  heading.textContent = title;
  const list = document.createElement('dl');
  for (const [key, value] of lines) {
    const [term, text] = [document.createElement('dt'), document.createElement('dd')];
    term.textContent = key;
    text.textContent = value;
    list.append(term, text);
  }
  box.append(heading, list);
  return box;
}

/**
 * The frame of a tooltip.
 * @param {(params: any) => HTMLElement | string} formatter
 * @param {object} [more]
 */
export function tooltip(formatter, more = {}) {
  return {
    confine: true,
    backgroundColor: colour('card'),
    borderColor: colour('line'),
    borderWidth: 1,
    padding: [8, 12],
    textStyle: { color: colour('ink'), fontSize: 13 },
    formatter,
    ...more,
  };
}
