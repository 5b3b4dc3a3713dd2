import { useSignal } from '@preact/signals';
import { needsNearView, paretoOption, plotPoints } from '../../core/report/assets/pareto-chart.js';
import type { MetricInfo } from '../../core/report/metrics.js';
import type { PageData } from '../../core/report/report-data.js';
import { metricOr } from '../model/sweep-data.js';
import { choose, route } from '../router.js';
import { Chart } from './chart.js';

/** The plot of all candidates on two metrics. */
export function FrontSection({ data, picked }: { readonly data: PageData; readonly picked: string | null }) {
  const { query } = route.value;
  const x = metricOr(data.metrics, query.get('x'), data.axes.x);
  const y = metricOr(data.metrics, query.get('y'), data.axes.y);
  const log = query.get('log') === 'yes';
  const chosenNear = useSignal<boolean | null>(null);
  const view = { x, y, log, picked };
  const near = chosenNear.value ?? needsNearView(data, { ...view, near: false });
  const points = plotPoints(data, { ...view, near });
  return (
    <section aria-labelledby="front-title">
      <h2 id="front-title">The Pareto front</h2>
      <div class="controls">
        <AxisChoice axis="y" label="Up" chosen={y.name} metrics={data.metrics} />
        <AxisChoice axis="x" label="Across" chosen={x.name} metrics={data.metrics} />
        <label class="check">
          <input
            type="checkbox"
            checked={log}
            onChange={({ currentTarget }) => choose({ log: currentTarget.checked ? 'yes' : null })}
          />{' '}
          log scale
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={near}
            onChange={({ currentTarget }) => {
              chosenNear.value = currentTarget.checked;
            }}
          />{' '}
          only near the front
        </label>
      </div>
      <Chart
        id="pareto"
        tall
        label={`${y.label} against ${x.label}, ${points.length} points`}
        describedBy="front-help"
        drawnFor={`${stamp(data)} ${x.name} ${y.name} ${log} ${near} ${picked}`}
        option={() => paretoOption(data, { ...view, near }).option}
        onPick={(id) => choose({ candidate: id })}
      />
      <ul class="legend" aria-hidden="true">
        <li class="front">on the front</li>
        <li class="dominated">dominated</li>
        <li class="dense">dense</li>
        <li class="selected">selected</li>
        <li class="picked">shown below</li>
      </ul>
      <p id="front-help" class="help">
        The line joins the points that no other one beats on the two metrics shown; filled points are on the front of
        all objectives. Click a point to see it below, or choose it in the table of candidates; <kbd>j</kbd> and{' '}
        <kbd>k</kbd> go through them.
      </p>
    </section>
  );
}

/** Changes where the plot does. */
function stamp({ rows }: PageData): string {
  return rows.map(({ id, onFront, selected }) => `${id}${onFront ? '+' : ''}${selected ? '*' : ''}`).join();
}

function AxisChoice(props: {
  readonly axis: 'x' | 'y';
  readonly label: string;
  readonly chosen: string;
  readonly metrics: readonly MetricInfo[];
}) {
  return (
    <label>
      {props.label}{' '}
      <select
        id={`axis-${props.axis}`}
        value={props.chosen}
        onChange={({ currentTarget }) => choose({ [props.axis]: currentTarget.value })}
      >
        {props.metrics.map(({ name, label }) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
