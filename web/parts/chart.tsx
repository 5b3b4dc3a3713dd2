import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components';
import { type EChartsCoreOption, type EChartsType, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'preact/hooks';
import { paints } from '../theme.js';

use([
  ...[BarChart, LineChart, ScatterChart],
  ...[GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent],
  CanvasRenderer,
]);

/** What a chart shows. */
export interface ChartProps {
  readonly id: string;
  readonly label: string;
  /** Made anew for each drawing, with the colours and the width of that moment. */
  option(width: number): EChartsCoreOption;
  /** Draws anew where it changes. */
  readonly drawnFor: unknown;
  onPick?(id: string): void;
  readonly tall?: boolean;
  readonly describedBy?: string;
}

/** A chart as wide as the place that it is in. Its numbers stand in a table beside it, for it is an image to those who cannot see it. */
export function Chart({ id, label, option, drawnFor, onPick, tall, describedBy }: ChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const pick = useRef(onPick);
  pick.current = onPick;
  const paint = paints.value;
  useEffect(() => {
    if (element.current === null) return;
    const made = init(element.current, null, { renderer: 'canvas' });
    chart.current = made;
    made.on('click', (params) => {
      const { id: picked } = (params.data ?? {}) as { id?: string };
      if (picked !== undefined) pick.current?.(picked);
    });
    const resized = new ResizeObserver(() => made.resize());
    resized.observe(element.current);
    return () => {
      resized.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(option(chart.current.getWidth()), { notMerge: true });
  }, [drawnFor, paint]);
  return (
    <div
      ref={element}
      id={id}
      class={`chart${tall === true ? ' tall' : ''}`}
      role="img"
      aria-label={label}
      aria-describedby={describedBy}
    />
  );
}
