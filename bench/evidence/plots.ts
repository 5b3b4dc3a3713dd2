import type { CustomSeriesOption, EChartsOption, LineSeriesOption } from 'echarts';
import * as echarts from 'echarts';
import { describeSparsity } from './describe.js';
import { labelPlaces } from './label-places.js';
import type { MethodId, MethodKind, StudiedMethod } from './methods.js';
import { mean, type Results } from './results.js';
import type { StudiedModel } from './study.js';

/** Of the palette of Okabe and Ito, which people with any colour vision tell apart, and greys for the controls. */
const COLOURS: Readonly<Record<MethodId, string>> = {
  ...{ global: '#0072b2', layer: '#56b4e9', lamp: '#009e73', snip: '#e69f00', synflow: '#d55e00' },
  ...{ iterative: '#cc79a7', rewound: '#8c4a9e', random: '#777777' },
  ...{ l1: '#0072b2', fpgm: '#009e73', taylor: '#d55e00', lsh: '#e69f00', scratch: '#222222', randomUnits: '#777777' },
  ...{ guide: '#000000', guideInt8: '#000000' },
};
const TICKS = [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99];
const SIZE = { width: 1160, height: 480 };
const MARGIN = { top: 50, bottom: 40 };
/** Of the accuracy axis: 99.3 %. */
const TOP = stretched(0.993);
const LABEL_HEIGHT = 14;
/** Width of the space between the lines of two neighbours, in sparsities. */
const ASIDE = 0.045;

/** Test accuracy against sparsity as an SVG: methods on weights at the left, methods on units at the right. */
export function accuracyPlot(results: Results, model: StudiedModel): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  try {
    chart.setOption(optionsOf(results, model));
    return `${chart.renderToSVGString()}\n`;
  } finally {
    chart.dispose();
  }
}

function optionsOf(results: Results, model: StudiedModel): EChartsOption {
  const panels = [panel(results, model, 'weights', 0), panel(results, model, 'units', 1)];
  const labels = ['dense', ...model.sparsities.map(describeSparsity)];
  const xAxis = panels.map((_, gridIndex) => ({
    ...({ type: 'value', gridIndex, min: -0.3, max: labels.length - 0.7, splitLine: { show: false } } as const),
    axisTick: { customValues: labels.map((_, i) => i) },
    axisLabel: { customValues: labels.map((_, i) => i), formatter: (value: number) => labels[value] ?? '' },
    axisLine: { onZero: false },
  }));
  const yAxis = panels.map((_, gridIndex) => ({
    ...({ type: 'value', gridIndex, min: stretched(0), max: TOP, splitLine: { show: true } } as const),
    axisTick: { customValues: TICKS.map(stretched) },
    axisLine: { show: true, onZero: false },
    axisLabel: {
      customValues: TICKS.map(stretched),
      formatter: (value: number) => describeSparsity(1 - 10 ** -value),
    },
  }));
  const titles = [`${model.title}: test accuracy by sparsity of weights`, 'by sparsity of units'];
  return {
    animation: false,
    backgroundColor: '#ffffff',
    title: titles.map((text, i) => ({ text, left: i === 0 ? 50 : 640, top: 8, textStyle: { fontSize: 15 } })),
    grid: [
      { left: 60, width: 380, ...MARGIN },
      { left: 640, width: 370, ...MARGIN },
    ],
    ...{ xAxis, yAxis, series: panels.flat() },
  };
}

/** Accuracy so stretched that a tenth of the errors is as far everywhere: differences at the top are as plain as those at the bottom. */
export function stretched(accuracy: number): number {
  return -Math.log10(Math.max(1 - accuracy, 1e-4));
}

/** A line of means with a label at its end, and a bar from the lowest seed to the highest, for each method. */
function panel(
  results: Results,
  model: StudiedModel,
  kind: MethodKind,
  axis: number,
): (LineSeriesOption | CustomSeriesOption)[] {
  const methods = model.methods.filter((method) => method.kind === kind);
  const axes = { xAxisIndex: axis, yAxisIndex: axis };
  const found = methods.map((method, i) => {
    const aside = (i - (methods.length - 1) / 2) * ASIDE;
    return [0, ...model.sparsities].flatMap((sparsity, index) => {
      const point = results.point(model, index === 0 ? 'dense' : method.id, sparsity);
      return point === null ? [] : [{ x: index + aside, accuracies: point.accuracies }];
    });
  });
  const ends = found.map((points) => heightOf(mean(points.at(-1)?.accuracies ?? [0])));
  const places = labelPlaces(ends, LABEL_HEIGHT);
  return methods.flatMap((method, i) => {
    const points = found[i] ?? [];
    const means = points.map(({ x, accuracies }) => [x, stretched(mean(accuracies))]);
    const spreads = points.map(({ x, accuracies }) => [
      x,
      stretched(Math.min(...accuracies)),
      stretched(Math.max(...accuracies)),
    ]);
    return [line(method, means, (places[i] ?? 0) - (ends[i] ?? 0), axes), spread(method, spreads, axes)];
  });
}

/** Pixels from the top of a panel down to an accuracy. */
function heightOf(accuracy: number): number {
  return (1 - stretched(accuracy) / TOP) * (SIZE.height - MARGIN.top - MARGIN.bottom);
}

interface Axes {
  readonly xAxisIndex: number;
  readonly yAxisIndex: number;
}

/** @param down - pixels that the label is put below the line's end */
function line({ id, title }: StudiedMethod, data: number[][], down: number, axes: Axes): LineSeriesOption {
  const isControl = id === 'random' || id === 'randomUnits' || id === 'scratch';
  const color = COLOURS[id];
  return {
    ...{ type: 'line', name: title, data, symbol: 'circle', symbolSize: 5, color, ...axes },
    lineStyle: { color, width: 2, type: isControl ? 'dashed' : 'solid' },
    endLabel: { show: true, formatter: title, color, fontSize: 12, distance: 8, offset: [0, down] },
  };
}

function spread({ id }: StudiedMethod, data: number[][], axes: Axes): CustomSeriesOption {
  return {
    ...{ type: 'custom', data, encode: { x: 0, y: [1, 2] }, silent: true, ...axes },
    renderItem(_, api) {
      const [x1 = 0, y1 = 0] = api.coord([api.value(0), api.value(1)]);
      const [x2 = 0, y2 = 0] = api.coord([api.value(0), api.value(2)]);
      return { type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: COLOURS[id], lineWidth: 1.5, opacity: 0.7 } };
    },
  };
}
