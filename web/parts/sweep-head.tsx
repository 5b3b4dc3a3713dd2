import { call, save } from '../api/gateway.js';
import { mayOperate } from '../api/session.js';
import type { LiveSweep } from '../model/live-sweep.js';
import { duration, fromNow, moment } from '../model/time.js';
import { ask, attempt } from './ask.js';
import { Badge } from './badge.js';

const CHANGEABLE = new Set(['preparing', 'baseline', 'searching', 'paused']);

/** What a sweep is, where it is, and what can be done with it. */
export function SweepHead({ live }: { readonly live: LiveSweep }) {
  const { sweepId } = live;
  const snapshot = live.snapshot.value;
  const result = live.result.value;
  const name = snapshot?.progress.name ?? result?.spec.name ?? sweepId;
  const state = snapshot?.progress.state ?? (result === null ? null : 'done');
  const startedAt = snapshot === null ? result?.startedAt : new Date(snapshot.progress.startedAtMs).toISOString();
  return (
    <header class="title">
      <div>
        <p class="eyebrow">Sweep</p>
        <h1>
          {name} {state !== null && <Badge of={state} />}
        </h1>
        <p class="meta">
          <span>{sweepId}</span>
          {startedAt !== undefined && <span title={moment(startedAt)}>started {fromNow(startedAt)}</span>}
          {snapshot !== null && (
            <span>
              {live.isOver.value ? 'took' : 'runs for'} {duration(snapshot.elapsedMs)}
            </span>
          )}
          {snapshot !== null && !live.isOver.value && snapshot.remainingMs > 0 && (
            <span>about {duration(snapshot.remainingMs)} left</span>
          )}
        </p>
      </div>
      <div class="actions">
        {state !== null && mayOperate.value && <Controls sweepId={sweepId} state={state} />}
        {result !== null && (
          <button
            type="button"
            onClick={() => void attempt(() => save(`sweeps/${encodeURIComponent(sweepId)}/report.html`))}
          >
            Report
          </button>
        )}
      </div>
    </header>
  );
}

function Controls({ sweepId, state }: { readonly sweepId: string; readonly state: string }) {
  const send = (name: string) => () => call('SweepService', name, { sweepId });
  return (
    <>
      {CHANGEABLE.has(state) && state !== 'paused' && (
        <button
          type="button"
          onClick={() =>
            ask({
              title: `Pause ${sweepId}?`,
              text: 'It starts no new stage until it is resumed. Stages that run come to their end.',
              yes: 'Pause',
              act: send('PauseSweep'),
            })
          }
        >
          Pause
        </button>
      )}
      {state === 'paused' && (
        <button type="button" class="primary" onClick={() => void attempt(send('ResumeSweep'))}>
          Resume
        </button>
      )}
      {(CHANGEABLE.has(state) || state === 'scoring') && (
        <button
          type="button"
          class="danger"
          onClick={() =>
            ask({
              title: `Cancel ${sweepId}?`,
              text: 'Stages that run are stopped. What has finished is kept and published.',
              yes: 'Cancel the sweep',
              danger: true,
              act: send('CancelSweep'),
            })
          }
        >
          Cancel
        </button>
      )}
    </>
  );
}
