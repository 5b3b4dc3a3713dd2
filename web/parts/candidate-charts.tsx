import { layersOption, lossOption, progressOption } from '../../core/report/assets/detail-charts.js';
import type { CurveMetric, PageRow } from '../../core/report/report-data.js';
import { Chart } from './chart.js';

/** The curves and the layers of a candidate; `other` is seen beside its loss. `place` makes the names of elements unique. */
export function CandidateCharts(props: {
  readonly place: string;
  readonly row: PageRow;
  readonly other: PageRow | null;
  /** What curves tell beside the loss. */
  readonly metric: CurveMetric;
}) {
  const { place, row, other, metric } = props;
  const drawnFor = `${row.id} ${row.curve.length} ${row.values.testAccuracy ?? row.values.testScore} ${other?.id}`;
  const floors = row.layers.filter(({ floorHit }) => floorHit).map(({ name }) => name);
  return (
    <>
      <h4>Training loss</h4>
      <Chart
        id={`loss${place}`}
        label={`Training loss of ${row.label}`}
        drawnFor={drawnFor}
        option={(width) => lossOption(row, other, width)}
      />
      <h4>{metric.label} and sparsity</h4>
      <Chart
        id={`progress${place}`}
        label={`${metric.label} and sparsity of ${row.label}`}
        drawnFor={drawnFor}
        option={() => progressOption(row, metric)}
      />
      <h4>Sparsity per layer</h4>
      <Chart
        id={`layers${place}`}
        label={`Sparsity per layer of ${row.label}`}
        drawnFor={drawnFor}
        option={() => layersOption(row)}
      />
      <details>
        <summary>Layers in numbers</summary>
        <ul class="layers">
          {row.layers.map(({ name, text, zero }) => (
            <li key={name}>
              <b>{name}</b> {Math.round(zero * 1000) / 10} % zero; {text}
            </li>
          ))}
        </ul>
      </details>
      {floors.length > 0 && (
        <p class="help">Pruning stopped at the floor of {floors.join(', ')}, so that the network stays connected.</p>
      )}
    </>
  );
}
