import { formatQuantity } from '../../core/report/assets/format.js';
import { mainKinds, mainWord } from '../../core/report/quality-metrics.js';
import { mainScore } from '../../core/sweep/task.js';
import type { LiveSweep, Snapshot } from '../model/live-sweep.js';
import { bestOf, taskOfSweep } from '../model/sweep-data.js';
import { Bar } from './bar.js';

/** How far a sweep is: candidates, stages, slots, failures. */
export function SweepProgressSection({ live }: { readonly live: LiveSweep }) {
  const snapshot = live.snapshot.value;
  if (snapshot === null) return live.result.value === null ? <p class="empty">Asking the gateway…</p> : null;
  const { progress, retryReasons } = snapshot;
  const { candidates } = progress;
  const ended = candidates.ok + candidates.failed;
  return (
    <section aria-labelledby="progress-title">
      <h2 id="progress-title">Progress</h2>
      <p class="sum">
        <b>{ended}</b> of {candidates.total} candidates
      </p>
      <Bar
        part={candidates.total === 0 ? 0 : ended / candidates.total}
        label={`${ended} of ${candidates.total} candidates have ended`}
      />
      <Figures snapshot={snapshot} />
      {progress.error !== null && (
        <p class="notice refused" role="alert">
          {progress.error.message} <code>{progress.error.code}</code>
        </p>
      )}
      {!live.isOver.value && retryReasons.length > 0 && <p class="help">Tried again: {retryReasons.join('; ')}</p>}
      {!live.isOver.value && snapshot.slots.length > 0 && <Slots snapshot={snapshot} />}
      {progress.failures.length > 0 && <Failures snapshot={snapshot} />}
    </section>
  );
}

function Figures({ snapshot: { progress, stagesRunning, stagesQueued } }: { readonly snapshot: Snapshot }) {
  const task = taskOfSweep(progress);
  const { value, change } = mainKinds(task);
  const name = mainWord(task);
  const dense = progress.baseline === null ? null : mainScore(progress.baseline.summary);
  const best = bestOf(progress);
  const { candidates, stages, front } = progress;
  const figures: readonly (readonly [string, string, string])[] = [
    ['Measured', String(candidates.ok), `${candidates.failed} failed`],
    ['Stages done', String(stages.done), `${stages.reused} were known before`],
    ['Stages running', String(stagesRunning), `${stagesQueued} queued, ${stages.waiting} to come`],
    ['On the front', String(front.length), 'candidates that none beats'],
    [`Dense ${name}`, formatQuantity(dense, value), formatQuantity(progress.baseline?.summary.bytesGzip, 'bytes')],
    [
      `Best ${name}`,
      formatQuantity(best === null ? null : mainScore(best.summary), value),
      best === null || dense === null
        ? '–'
        : `${best.id}: ${formatQuantity(mainScore(best.summary) - dense, change)}, ${formatQuantity(best.summary.bytesGzip, 'bytes')}`,
    ],
  ];
  return (
    <dl class="figures">
      {figures.map(([label, value, more]) => (
        <div class="figure" key={label}>
          <dt>{label}</dt>
          <dd>
            <span class="value">{value}</span>
            <span class="compare">{more}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Slots({ snapshot: { slots } }: { readonly snapshot: Snapshot }) {
  return (
    <section class="scroll flat" aria-label="Slots">
      <table class="rows" id="slots">
        <thead>
          <tr>
            <th scope="col">Slot</th>
            <th scope="col">Candidate</th>
            <th scope="col">Phase</th>
            <th scope="col">Steps</th>
            <th scope="col" class="number">
              Loss
            </th>
            <th scope="col" class="number">
              Sparsity
            </th>
            <th scope="col" class="number">
              Images/s
            </th>
          </tr>
        </thead>
        <tbody>
          {slots.map(({ heartbeat, attempt }) => (
            <tr key={`${heartbeat.node}/${heartbeat.slot}`}>
              <th scope="row">
                {heartbeat.node}/{heartbeat.slot}
              </th>
              <td>
                {heartbeat.candidate} <span class="soft">{heartbeat.label}</span>
                {attempt > 1 && <span class="badge selected">try {attempt}</span>}
              </td>
              <td>{heartbeat.phase}</td>
              <td class="progress">
                <Bar
                  part={heartbeat.steps === 0 ? 0 : heartbeat.step / heartbeat.steps}
                  label={`${heartbeat.step} of ${heartbeat.steps} steps`}
                />
                <span>
                  {heartbeat.step}/{heartbeat.steps}
                </span>
              </td>
              <td class="number">{formatQuantity(heartbeat.loss, 'number')}</td>
              <td class="number">{formatQuantity(heartbeat.sparsity, 'fraction')}</td>
              <td class="number">{formatQuantity(heartbeat.imagesPerSecond, 'count')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Failures({ snapshot: { progress } }: { readonly snapshot: Snapshot }) {
  return (
    <details class="failed" open>
      <summary>
        {progress.candidates.failed} failed
        {progress.candidates.failed > progress.failures.length && `, the last ${progress.failures.length}`}
      </summary>
      <ul>
        {progress.failures.map(({ id, label, cause }) => (
          <li key={id}>
            <b>{id}</b> {label}: {cause.message} <code>{cause.code}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
