import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { FieldColorBuilder, FieldColorModeId, MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Gauge } from '@grafana/grafana-foundation-sdk/gauge';
import type { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StatusHistory } from '@grafana/grafana-foundation-sdk/statushistory';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { type Thresholds, thresholdsOf } from './thresholds.js';
import { DATA_SOURCE } from './variables.js';

/** What every panel must say. */
export interface PanelText {
  readonly title: string;
  /** What it shows, and what to make of it. */
  readonly description: string;
  /** A unit of Grafana's: `s`, `bytes`, `percentunit`, … */
  readonly unit: string;
  readonly thresholds: Thresholds;
  /** Columns of 24. */
  readonly span: number;
}

/** What the builders of all kinds of panels have in common. */
interface Common {
  title(title: string): this;
  description(description: string): this;
  datasource(reference: typeof DATA_SOURCE): this;
  unit(unit: string): this;
  thresholds(thresholds: ReturnType<typeof thresholdsOf>): this;
  span(columns: number): this;
  height(rows: number): this;
  targets(targets: DataqueryBuilder[]): this;
}

/** A panel with its texts, data source, size and queries, which are named A, B, … */
export function dressed<Panel extends Common>(
  panel: Panel,
  text: PanelText,
  rows: number,
  queries: readonly DataqueryBuilder[],
): Panel {
  return panel
    .title(text.title)
    .description(text.description)
    .datasource(DATA_SOURCE)
    .unit(text.unit)
    .thresholds(thresholdsOf(text.thresholds))
    .span(text.span)
    .height(rows)
    .targets(queries.map((query, index) => query.refId(String.fromCharCode(65 + index))));
}

/** Lines over time. */
export function lines(text: PanelText, ...queries: readonly DataqueryBuilder[]): TimeSeries {
  return dressed(new TimeSeries(), text, 8, queries)
    .min(0)
    .lineWidth(2)
    .fillOpacity(8)
    .showPoints(VisibilityMode.Never)
    .spanNulls(false)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        text.thresholds.steps.length === 0 ? GraphThresholdsStyleMode.Off : GraphThresholdsStyleMode.Dashed,
      ),
    )
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
}

/** Areas over time that add up to a whole. */
export function areas(text: PanelText, ...queries: readonly DataqueryBuilder[]): TimeSeries {
  return lines(text, ...queries)
    .lineWidth(1)
    .fillOpacity(60)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

/** Bars over time. */
export function bars(text: PanelText, ...queries: readonly DataqueryBuilder[]): TimeSeries {
  return areas(text, ...queries).drawStyle(GraphDrawStyle.Bars);
}

/** One number a series. */
export function numbers(text: PanelText, ...queries: readonly DataqueryBuilder[]): Stat {
  return dressed(new Stat(), text, 4, queries)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .textMode(BigValueTextMode.Auto);
}

/** Dials of fractions, 0 to 1. */
export function dials(text: PanelText, ...queries: readonly DataqueryBuilder[]): Gauge {
  return dressed(new Gauge(), text, 4, queries)
    .min(0)
    .max(1)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
}

/** Horizontal bars, one a series. */
export function levels(text: PanelText, ...queries: readonly DataqueryBuilder[]): BarGauge {
  return dressed(new BarGauge(), text, 4, queries)
    .min(0)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
}

/** Rows and columns. */
export function table(text: PanelText, ...queries: readonly DataqueryBuilder[]): Table {
  return dressed(new Table(), text, 8, queries);
}

/** Cells over time, coloured by what their values stand for. */
export function cells(
  text: PanelText,
  words: readonly (readonly [value: number, word: string, color: string])[],
  ...queries: readonly DataqueryBuilder[]
): StatusHistory {
  return dressed(new StatusHistory(), text, 8, queries)
    .mappings([wordsOf(words)])
    .showValue(VisibilityMode.Never)
    .rowHeight(0.9)
    .colWidth(0.9)
    .legend(new VizLegendOptionsBuilder().showLegend(true).placement(LegendPlacement.Bottom))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single));
}

/** Words in place of values. */
export function wordsOf(words: readonly (readonly [value: number, word: string, color: string])[]): ValueMapping {
  return {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      words.map(([value, word, color], index) => [String(value), { text: word, color, index }]),
    ),
  };
}
