import { formatQuantity } from '../../core/report/assets/format.js';
import { mainKinds, mainLabel } from '../../core/report/quality-metrics.js';
import { stageLabel } from '../../core/report/report-data.js';
import type { LineageStage } from '../../core/sweep/lineage.js';
import { mainScore, taskOf } from '../../core/sweep/task.js';
import { duration } from '../model/time.js';

/** The stages that made a candidate, from the dense model on. */
export function Lineage({
  candidate,
  stages,
}: {
  readonly candidate: string;
  readonly stages: readonly LineageStage[];
}) {
  if (stages.length === 0) return null;
  return (
    <>
      <h4>Lineage</h4>
      <ol class="lineage" aria-label={`Stages that made ${candidate}`}>
        {stages.map((stage) => (
          <li key={stage.key}>
            <b>{stageLabel(stage)}</b> <code title={stage.key}>{stage.key.slice(0, 12)}</code>
            <span class="soft">
              {mainLabel(taskOf(stage))} {formatQuantity(mainScore(stage), mainKinds(taskOf(stage)).value)},{' '}
              {formatQuantity(stage.reachedSparsity, 'fraction')} sparse, {formatQuantity(stage.bytesGzip, 'bytes')}{' '}
              gzip; on {stage.ranOn} in {duration(Date.parse(stage.finishedAt) - Date.parse(stage.startedAt))}
              {stage.resumedAt.length > 0 && `, resumed at step ${stage.resumedAt.join(', ')}`}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
