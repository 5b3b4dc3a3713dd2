import { describe, expect, it } from 'vitest';
import { needsNearView, ranges } from '../../../core/report/assets/pareto-chart.js';
import { metricInfo } from '../../../core/report/metrics.js';
import { curveMetric, type PageData, type PageRow } from '../../../core/report/report-data.js';

function row(id: string, accuracy: number, bytesGzip: number, onFront: boolean): PageRow {
  const values = { accuracy, bytesGzip, accuracyChange: accuracy - 0.98 };
  return {
    ...{ id, label: id, status: 'ok', onFront, selected: false, violations: [], cause: null, values },
    ...{ facts: [], curve: [], stages: [], layers: [] },
  };
}

function data(rows: readonly PageRow[]): PageData {
  const axes = { x: 'bytesGzip', y: 'accuracy' } as const;
  return { metrics: [], axes, progress: curveMetric('classification'), guides: [], rows, first: null };
}

const dense = row('dense', 0.98, 1000, true);
const lost = row('lost', 0.1, 2000, false);
const view = { x: metricInfo('bytesGzip'), y: metricInfo('accuracy'), log: false, near: true, picked: null };

/** Whether a point lies within the axes. */
function seen(range: ReturnType<typeof ranges>, { values }: PageRow): boolean {
  const { x, y } = range;
  const [across, up] = [values.bytesGzip ?? Number.NaN, values.accuracy ?? Number.NaN];
  if (x.min === undefined || y.min === undefined) return false;
  return across >= x.min && across <= x.max && up >= y.min && up <= y.max;
}

describe('the view near the front', () => {
  it('given a front that reaches far down, then all of it is seen, and what is dominated far away is not', () => {
    const front = [dense, row('a', 0.95, 800, true), row('b', 0.6, 300, true)];
    const shown = ranges(data([...front, lost]), view);
    expect(front.map((each) => seen(shown, each))).toEqual([true, true, true]);
    expect([seen(shown, lost), shown.outside]).toEqual([false, 1]);
  });

  it('given a candidate that is shown, then it is seen, wherever it is', () => {
    const rows = [dense, row('a', 0.95, 800, true), lost];
    expect(seen(ranges(data(rows), { ...view, picked: 'lost' }), lost)).toBe(true);
  });

  it('given few points, then all are seen at first; given many in a corner, then those near the front, whatever is picked', () => {
    const front = Array.from({ length: 8 }, (_, i) => row(`c${i}`, 0.97 - i * 0.01, 900 - i * 50, true));
    const off = { ...view, near: false };
    expect(needsNearView(data([dense, ...front.slice(0, 4), lost]), off)).toBe(false);
    expect(needsNearView(data([dense, ...front, lost]), off)).toBe(true);
    expect(needsNearView(data([dense, ...front, lost]), { ...off, picked: 'lost' })).toBe(true);
  });
});
