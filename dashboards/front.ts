import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import {
  SeriesMapping,
  PanelBuilder as XYChart,
  XYSeriesConfigBuilder,
  XYShowMode,
} from '@grafana/grafana-foundation-sdk/xychart';
import { dressed, table } from './panels.js';
import { rows, rowsOverTime } from './queries.js';
import { highIsGood, neutral } from './thresholds.js';

const named = (name: string) => ({ matcher: { id: 'byName', options: name } });
/** Rows of both queries that have time, sweep and rank in common become one. */
const JOINED = { id: 'merge', options: {} };
const COLUMNS = { sweep: 'Sweep', rank: 'Rank', 'Value #A': 'Accuracy', 'Value #B': 'Bytes' };

/** The front as accuracy against bytes; the colour of a point is its time, so the front is seen to move. */
export function frontOverTime(accuracy: string, bytes: string): XYChart {
  const text = {
    title: 'Front over time',
    description:
      'Members of the front as validation accuracy against bytes after gzip. Later points are brighter: the front moves up and to the left.',
    unit: 'percentunit',
    thresholds: neutral,
    span: 16,
  };
  return dressed(new XYChart(), text, 11, [rowsOverTime(accuracy), rowsOverTime(bytes)])
    .maxDataPoints(60)
    .withTransformation(JOINED)
    .withTransformation({ id: 'organize', options: { renameByName: COLUMNS } })
    .mapping(SeriesMapping.Manual)
    .series([
      new XYSeriesConfigBuilder().name({ fixed: 'Front' }).x(named('Bytes')).y(named('Accuracy')).color(named('Time')),
    ])
    .show(XYShowMode.Points)
    .pointSize({ fixed: 7 })
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.ContinuousBlues))
    .overrideByName('Bytes', [
      { id: 'unit', value: 'bytes' },
      { id: 'custom.axisLabel', value: 'Bytes after gzip' },
    ])
    .overrideByName('Accuracy', [{ id: 'custom.axisLabel', value: 'Validation accuracy' }]);
}

/** The members of the front as they are now. */
export function frontNow(accuracy: string, bytes: string): Table {
  return table(
    {
      title: 'Front now',
      description: 'Members of the front, from the most accurate on; at most 32.',
      unit: 'percentunit',
      thresholds: highIsGood(0.5, 0.8),
      span: 8,
    },
    rows(accuracy),
    rows(bytes),
  )
    .height(11)
    .decimals(2)
    .withTransformation(JOINED)
    .withTransformation({ id: 'organize', options: { excludeByName: { Time: true }, renameByName: COLUMNS } })
    .withTransformation({ id: 'sortBy', options: { sort: [{ field: 'Accuracy', desc: true }] } })
    .overrideByName('Bytes', [{ id: 'unit', value: 'bytes' }])
    .overrideByName('Rank', [{ id: 'unit', value: 'none' }]);
}
