// @ts-check
// Curves and layers of one candidate.
import { formatQuantity, formatTick } from './format.js';
import { baseOption, colour, makeChart, tooltip, tooltipContent, valueAxis } from './theme.js';

/** @typedef {import('../report-data.js').PageRow} PageRow */
/** @typedef {import('../report-data.js').PageCurvePoint} PageCurvePoint */
/** @typedef {import('../report-data.js').CurveMetric} CurveMetric */

/** @param {number} value */
const percent = (value) => `${Math.round(value * 1000) / 10} %`;

/**
 * @param {PageRow} row
 * @param {(point: PageCurvePoint) => number | null} pick
 * @returns {[number, number][]}
 */
function points(row, pick) {
  return row.curve.flatMap((point) => {
    const value = pick(point);
    return value === null ? [] : [/** @type {[number, number]} */ ([point[0], value])];
  });
}

/** @param {string} name @param {[number, number][]} data @param {string} ink @param {object} [more] */
function curve(name, data, ink, more = {}) {
  return {
    type: 'line',
    name,
    data,
    showSymbol: data.length < 2,
    lineStyle: { color: ink, width: 2 },
    itemStyle: { color: ink },
    ...more,
  };
}

/** A band for each stage of a chain. @param {PageRow} row @param {number} width of the chart */
function stageBands(row, width) {
  if (row.stages.length < 2) return {};
  const end = row.curve.at(-1)?.[0] ?? 0;
  const bands = row.stages.map(([step, label], i) => {
    const look = { color: i % 2 === 0 ? colour('paper') : 'transparent', opacity: 0.8 };
    return [{ xAxis: step, name: label, itemStyle: look }, { xAxis: row.stages[i + 1]?.[0] ?? end }];
  });
  return {
    markArea: {
      silent: true,
      label: {
        position: 'insideTop',
        color: colour('soft'),
        fontSize: 11,
        width: (0.8 * width) / row.stages.length,
        overflow: 'truncate',
      },
      data: bands,
    },
  };
}

/** @param {(value: number, series: string) => string} write */
function curveTip(write) {
  return tooltip(
    (params) => {
      const list = /** @type {any[]} */ (params);
      return tooltipContent(
        `step ${list[0]?.value[0]}`,
        list.map(({ seriesName, value }) => [seriesName, write(value[1], seriesName)]),
      );
    },
    { trigger: 'axis', axisPointer: { lineStyle: { color: colour('soft') } } },
  );
}

/** @param {string[]} names */
function legend(names) {
  return {
    show: names.length > 1,
    data: names,
    right: 8,
    top: 0,
    icon: 'roundRect',
    itemWidth: 14,
    itemHeight: 3,
    textStyle: { color: colour('soft'), fontSize: 12 },
  };
}

/** @param {PageRow} row @param {PageRow | null} other a candidate to see beside it @param {number} width of the chart */
export function lossOption(row, other, width) {
  const names = [row.id, ...(other === null ? [] : [other.selected ? `${other.id} (selected)` : other.id])];
  return {
    ...baseOption(),
    legend: legend(names),
    tooltip: curveTip((value) => formatQuantity(value, 'number')),
    grid: { left: 8, right: 20, top: 28, bottom: 26, containLabel: true },
    xAxis: valueAxis('step', String, 'x', { nameGap: 26, min: 0 }),
    yAxis: valueAxis('', (value) => formatTick(value, 'number'), 'y', { splitNumber: 4 }),
    series: [
      ...(other === null
        ? []
        : [
            curve(
              names[1] ?? '',
              points(other, (p) => p[2]),
              colour('dominated'),
            ),
          ]),
      curve(
        row.id,
        points(row, (p) => p[2]),
        colour('front'),
        stageBands(row, width),
      ),
    ],
  };
}

/**
 * Five ticks on the left, so that both sides share their lines: fractions up to 1, decibels around what was measured.
 * @param {readonly [number, number][]} scores @param {CurveMetric['kind']} kind
 */
function scoreAxis(scores, kind) {
  const values = scores.map(([, value]) => value);
  const lowest = Math.min(...values, ...(kind === 'fraction' ? [1] : []));
  if (kind === 'fraction') {
    const quarter = Math.max(0.005, Math.ceil((1 - lowest) * 50) / 200);
    return { min: 1 - 4 * quarter, max: 1, interval: quarter };
  }
  if (values.length === 0) return {};
  const min = Math.floor(lowest);
  const interval = Math.max(0.5, Math.ceil((Math.max(...values) - min) / 2) / 2);
  return { min, max: min + 4 * interval, interval };
}

/** @param {PageRow} row @param {CurveMetric} metric what its last numbers are */
export function progressOption(row, { label, kind }) {
  const scores = points(row, (p) => p[4]);
  const name = label.charAt(0).toLowerCase() + label.slice(1);
  const write = kind === 'fraction' ? percent : (/** @type {number} */ value) => formatTick(value, kind);
  return {
    ...baseOption(),
    legend: legend([name, 'sparsity']),
    tooltip: curveTip((value, series) => formatQuantity(value, series === name ? kind : 'fraction')),
    grid: { left: 8, right: 12, top: 28, bottom: 26, containLabel: true },
    xAxis: valueAxis('step', String, 'x', { nameGap: 26, min: 0 }),
    yAxis: [
      valueAxis('', write, 'y', scoreAxis(scores, kind)),
      valueAxis('', percent, 'y', { min: 0, max: 1, interval: 0.25, position: 'right', splitLine: { show: false } }),
    ],
    series: [
      curve(name, scores, colour('front'), { showSymbol: true, symbolSize: 7 }),
      curve(
        'sparsity',
        points(row, (p) => p[3]),
        colour('dense'),
        { yAxisIndex: 1, step: 'end' },
      ),
    ],
  };
}

/** @param {PageRow} row */
export function layersOption(row) {
  const layers = [...row.layers].reverse();
  const texts = new Map(
    layers.map(({ name, text, floorHit }) => [name, floorHit ? `${text}; stopped at the layer's floor` : text]),
  );
  /** @param {string} name @param {number[]} data @param {string} ink */
  const bars = (name, data, ink) => ({
    type: 'bar',
    name,
    data,
    itemStyle: { color: ink, borderRadius: [0, 2, 2, 0] },
    barMaxWidth: 12,
    barGap: '20%',
  });
  return {
    ...baseOption(),
    legend: legend(['weights that are zero', 'units removed']),
    tooltip: tooltip(
      (params) => {
        const list = /** @type {any[]} */ (params);
        const name = String(list[0]?.name);
        /** @type {[string, string][]} */
        const shares = list.map(({ seriesName, value }) => [seriesName, percent(value)]);
        return tooltipContent(name, [...shares, ['present', texts.get(name) ?? '']]);
      },
      { trigger: 'axis', axisPointer: { type: 'shadow' } },
    ),
    xAxis: valueAxis('', percent, 'x', {
      min: 0,
      max: 1,
      splitLine: { show: true, lineStyle: { color: colour('line'), opacity: 0.6 } },
    }),
    yAxis: {
      type: 'category',
      data: layers.map(({ name }) => name),
      axisLine: { lineStyle: { color: colour('line') } },
      axisTick: { show: false },
      axisLabel: { color: colour('ink'), fontSize: 12, width: 130, overflow: 'truncate' },
    },
    series: [
      bars(
        'weights that are zero',
        layers.map(({ zero }) => zero),
        colour('dense'),
      ),
      bars(
        'units removed',
        layers.map(({ removed }) => removed),
        colour('front'),
      ),
    ],
  };
}

/** The three charts of the detail view. @param {CurveMetric} metric what curves tell beside the loss */
export function makeDetailCharts(metric) {
  const [loss, progress, layers] = [makeChart('loss'), makeChart('progress'), makeChart('layers')];
  return {
    /** @param {PageRow} row @param {PageRow | null} other */
    draw(row, other) {
      loss.setOption(lossOption(row, other, loss.getWidth()), { notMerge: true });
      progress.setOption(progressOption(row, metric), { notMerge: true });
      layers.setOption(layersOption(row), { notMerge: true });
    },
  };
}
