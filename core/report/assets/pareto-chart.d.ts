import type { EChartsCoreOption } from 'echarts/core';
import type { MetricInfo } from '../metrics.js';
import type { PageData, PageRow } from '../report-data.js';

/** What of the candidates the plot shows. */
export interface View {
  x: MetricInfo;
  y: MetricInfo;
  log: boolean;
  near: boolean;
  picked: string | null;
}

/** The ends of an axis; none where it shows nothing. */
export type AxisRange = { min: number; max: number } | { min?: undefined; max?: undefined };

/** The measured rows that have both metrics, as points. */
export function plotPoints(data: PageData, view: View): { id: string; x: number; y: number; row: PageRow }[];

/** What the axes show, and how many points lie outside. */
export function ranges(data: PageData, view: View): { x: AxisRange; y: AxisRange; outside: number };

/** Whether all points in one view would squeeze those that matter into a corner. */
export function needsNearView(data: PageData, view: View): boolean;

/** All of the plot, and how many points lie outside of what its axes show. */
export function paretoOption(data: PageData, view: View): { option: EChartsCoreOption; outside: number };

/** The plot of the page; `onPick` gets the id of a clicked point. */
export function makeParetoChart(data: PageData, onPick: (id: string) => void): { draw(view: View): number };
