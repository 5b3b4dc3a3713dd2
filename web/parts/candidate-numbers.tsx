import { formatComparison, formatQuantity } from '../../core/report/assets/format.js';
import type { MetricInfo } from '../../core/report/metrics.js';
import type { PageRow } from '../../core/report/report-data.js';

/** Metrics of which a factor would say nothing. */
const NOT_COMPARED = new Set(['reachedSparsity', 'deviceSeconds', 'loss']);

/** Everything that was measured of one or two candidates, beside the dense model. */
export function CandidateNumbers(props: {
  readonly rows: readonly PageRow[];
  readonly dense: PageRow | null;
  readonly metrics: readonly MetricInfo[];
}) {
  const { rows, dense } = props;
  return (
    <section class="scroll flat" aria-label="Compared with the dense model">
      <table id="detail-table">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            {rows.flatMap(({ id }) => [
              <th key={id} scope="col" class="number">
                {id}
              </th>,
              <th key={`${id} compared`} scope="col" class="number soft">
                against dense
              </th>,
            ])}
            <th scope="col" class="number">
              dense
            </th>
          </tr>
        </thead>
        <tbody>
          {props.metrics
            .filter(({ kind }) => kind !== 'change' && kind !== 'decibelChange')
            .map(({ name, label, kind, meaning }) => (
              <tr key={name}>
                <th scope="row" title={meaning}>
                  {label}
                </th>
                {rows.flatMap(({ id, values }) => [
                  <td key={id} class="number">
                    {formatQuantity(values[name], kind)}
                  </td>,
                  <td key={`${id} compared`} class="number soft">
                    {NOT_COMPARED.has(name) ? '' : formatComparison(values[name], dense?.values[name], kind)}
                  </td>,
                ])}
                <td class="number">{formatQuantity(dense?.values[name], kind)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}
