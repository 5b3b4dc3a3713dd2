// @ts-check
// The plot of all candidates on two metrics.
import { formatComparison, formatQuantity, formatTick } from './format.js';
import { paddedRange, stairs, twoAxisFront } from './front.js';
import { baseOption, colour, makeChart, tooltip, tooltipContent, valueAxis } from './theme.js';

/** @typedef {import('../report-data.js').PageData} PageData */
/** @typedef {import('../report-data.js').PageRow} PageRow */
/** @typedef {import('../metrics.js').MetricInfo} MetricInfo */
/** @typedef {{ x: MetricInfo, y: MetricInfo, log: boolean, near: boolean, picked: string | null }} View */

/**
 * The measured rows that have both metrics, as points.
 * @param {PageData} data
 * @param {View} view
 */
export function plotPoints(data, { x, y, log }) {
  return data.rows.flatMap((row) => {
    const [across, up] = [row.values[x.name], row.values[y.name]];
    if (across == null || up == null || (log && across <= 0)) return [];
    return [{ id: row.id, x: across, y: up, row }];
  });
}

/** @param {PageData} data @param {PageRow} row @param {View} view */
function pointTip(data, row, { x, y }) {
  const dense = data.rows.find(({ id }) => id === 'dense')?.values ?? {};
  const shown = [
    y,
    x,
    ...data.metrics.filter(({ name }) => name === 'bytesGzip' || name === 'macs' || name === 'latencyP50'),
  ];
  return tooltipContent(
    `${row.id} · ${row.label}`,
    [...new Set(shown)].map(({ name, label, kind }) => {
      const value = row.values[name];
      const compared =
        row.id === 'dense' || kind === 'change' || kind === 'decibelChange'
          ? ''
          : ` (${formatComparison(value, dense[name], kind)})`;
      return [label, formatQuantity(value, kind) + compared];
    }),
  );
}

/** @param {string} name @param {readonly { x: number, y: number, id: string }[]} points @param {{ itemStyle: object, [key: string]: unknown }} look */
function pointSeries(name, points, look) {
  return {
    type: 'scatter',
    name,
    data: points.map(({ x, y, id }) => ({ value: [x, y], id })),
    cursor: 'pointer',
    ...look,
    itemStyle: { opacity: 1, ...look.itemStyle },
  };
}

/** @param {string} text @param {string} ink @param {string} position */
function pointLabel(text, ink, position) {
  return {
    show: true,
    distance: 10,
    formatter: text,
    position,
    color: ink,
    fontSize: 12,
    fontWeight: 600,
    textBorderColor: colour('card'),
    textBorderWidth: 3,
  };
}

/** @param {PageData} data @param {View} view */
function guideLines(data, { x, y }) {
  const lines = data.guides.flatMap(({ metric, value, label }) => [
    ...(metric === y.name ? [{ yAxis: value, label: { formatter: label, position: 'insideStartTop' } }] : []),
    ...(metric === x.name ? [{ xAxis: value, label: { formatter: label, position: 'insideEndTop' } }] : []),
  ]);
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: colour('selected'), type: 'dashed', opacity: 0.7 },
    label: { color: colour('selected'), fontSize: 12 },
    data: lines,
  };
}

/**
 * @param {PageData} data
 * @param {View} view
 */
function paretoSeries(data, view) {
  const points = plotPoints(data, view);
  const candidates = points.filter(({ id }) => id !== 'dense');
  const line = stairs(twoAxisFront(points, view.x.better, view.y.better), view.x.better);
  const green = colour('front');
  // Beyond the front nothing is in the way of a label.
  const open = view.y.better === 'more' ? 'top' : 'bottom';
  return [
    {
      type: 'line',
      name: 'stairs',
      data: line,
      symbol: 'none',
      silent: true,
      lineStyle: { color: green, width: 2 },
      z: 2,
      markLine: guideLines(data, view),
    },
    pointSeries(
      'dominated',
      candidates.filter(({ row }) => !row.onFront),
      {
        symbolSize: 10,
        z: 3,
        itemStyle: { color: colour('card'), borderColor: colour('dominated'), borderWidth: 1.5 },
      },
    ),
    pointSeries(
      'front',
      candidates.filter(({ row }) => row.onFront),
      {
        symbolSize: 12,
        z: 4,
        itemStyle: { color: green, borderColor: colour('card'), borderWidth: 1.5 },
      },
    ),
    pointSeries(
      'dense',
      points.filter(({ id }) => id === 'dense'),
      {
        symbol: 'diamond',
        symbolSize: 16,
        z: 5,
        itemStyle: { color: colour('dense'), borderColor: colour('card'), borderWidth: 1.5 },
        label: pointLabel('dense', colour('dense'), open),
      },
    ),
    pointSeries(
      'selected',
      candidates.filter(({ row }) => row.selected),
      {
        symbolSize: 18,
        z: 6,
        itemStyle: { color: colour('selected'), borderColor: colour('card'), borderWidth: 2 },
        label: pointLabel('selected', colour('selected'), open),
      },
    ),
    pointSeries(
      'picked',
      points.filter(({ id }) => id === view.picked),
      {
        symbolSize: 28,
        z: 7,
        itemStyle: { color: 'transparent', borderColor: colour('ink'), borderWidth: 2 },
      },
    ),
  ];
}

/**
 * What the axes show: all points, or those of the front, dense, selected and picked, all of them.
 * @param {PageData} data @param {View} view
 */
export function ranges(data, view) {
  const points = plotPoints(data, view);
  const shown = points.filter(
    ({ row }) => !view.near || row.id === 'dense' || row.id === view.picked || row.selected || row.onFront,
  );
  if (shown.length === 0) return { x: {}, y: {}, outside: 0 };
  const [left, right] = paddedRange(
    shown.map(({ x }) => x),
    view.log,
  );
  const [low, high] = paddedRange(
    shown.map(({ y }) => y),
    false,
  );
  const outside = points.filter(({ x, y }) => x < left || x > right || y < low || y > high).length;
  return { x: { min: left, max: right }, y: { min: low, max: high }, outside };
}

/** Fewer points are told apart at any distance. */
const NEAR_POINTS = 8;

/**
 * Whether all points in one view would squeeze those that matter into a corner. What is picked does not change it.
 * @param {PageData} data @param {View} view
 */
export function needsNearView(data, view) {
  const all = ranges(data, { ...view, near: false }).y;
  const { y: near, outside } = ranges(data, { ...view, near: true, picked: null });
  if (all.min === undefined || near.min === undefined) return false;
  const shown = plotPoints(data, view).length - outside;
  return shown >= NEAR_POINTS && near.max - near.min < 0.4 * (all.max - all.min);
}

/**
 * All of the plot, and how many points lie outside of what its axes show.
 * @param {PageData} data
 * @param {View} view
 */
export function paretoOption(data, view) {
  const range = ranges(data, view);
  const rows = new Map(data.rows.map((row) => [row.id, row]));
  /** @param {MetricInfo} metric @param {'x' | 'y'} side @param {object} more */
  const axis = (metric, side, more) =>
    valueAxis(metric.label, (value) => formatTick(value, metric.kind), side, { scale: true, ...more }, true);
  const option = {
    ...baseOption(),
    grid: { left: 8, right: 24, top: 40, bottom: 34, containLabel: true },
    tooltip: tooltip((params) => {
      const row = rows.get(params.data?.id);
      return row === undefined ? '' : pointTip(data, row, view);
    }),
    xAxis: axis(view.x, 'x', { ...range.x, type: view.log ? 'log' : 'value' }),
    yAxis: axis(view.y, 'y', range.y),
    series: paretoSeries(data, view),
  };
  return { option, outside: range.outside };
}

/**
 * The plot. `onPick` gets the id of a clicked point.
 * @param {PageData} data
 * @param {(id: string) => void} onPick
 */
export function makeParetoChart(data, onPick) {
  const chart = makeChart('pareto');
  chart.on('click', (params) => {
    const id = /** @type {{ id?: string } | null} */ (params.data)?.id;
    if (id !== undefined) onPick(id);
  });
  return {
    /** @param {View} view */
    draw(view) {
      const { option, outside } = paretoOption(data, view);
      chart.setOption(option, { notMerge: true });
      return outside;
    },
  };
}
