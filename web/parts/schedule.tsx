import type { GetScheduleResponse__Output } from '../../proto/generated/prunefront/v1/GetScheduleResponse.js';
import type { Night__Output } from '../../proto/generated/prunefront/v1/Night.js';
import type { Schedule__Output } from '../../proto/generated/prunefront/v1/Schedule.js';
import { call } from '../api/gateway.js';
import { usePolled } from '../api/polled.js';
import { mayOperate } from '../api/session.js';
import { calendar } from '../model/calendar.js';
import { duration, fromNow, moment } from '../model/time.js';
import { href } from '../router.js';
import { ask, attempt } from './ask.js';
import { Badge } from './badge.js';

const EVERY_MS = 10_000;
const WEEKS = 16;
/** Nights in the list below the calendar. */
const SHOWN = 10;

/** A schedule with its nights. */
export function ScheduleCard({
  schedule,
  reload,
}: {
  readonly schedule: Schedule__Output;
  readonly reload: () => void;
}) {
  const { name, cron, timeZone, paused, nextAt, publication, skipped } = schedule;
  const { value } = usePolled(
    () => call<GetScheduleResponse__Output>('ScheduleService', 'GetSchedule', { name }),
    EVERY_MS,
    `${name} ${schedule.lastNight?.runId} ${schedule.lastNight?.outcome}`,
  );
  const nights = value?.nights ?? [];
  return (
    <section aria-label={`Schedule ${name}`} class="schedule">
      <div class="title">
        <div>
          <h2>
            {name} {paused && <Badge of="paused" />}
          </h2>
          <p class="meta">
            <span>
              <code>{cron}</code> {timeZone === '' ? 'UTC' : timeZone}
            </span>
            <span title={nextAt === '' ? undefined : moment(nextAt)}>
              {nextAt === '' ? 'no next night' : `next night ${fromNow(nextAt)}`}
            </span>
            <span>publishes {publication}</span>
            <span>{Number(skipped)} skipped</span>
          </p>
        </div>
        {mayOperate.value && <ScheduleControls schedule={schedule} reload={reload} />}
      </div>
      <Calendar nights={nights} />
      <Nights nights={nights.slice(0, SHOWN)} name={name} />
    </section>
  );
}

function ScheduleControls({
  schedule: { name, paused },
  reload,
}: {
  readonly schedule: Schedule__Output;
  readonly reload: () => void;
}) {
  const send = (command: string) => async () => {
    await call('ScheduleService', command, { name });
    reload();
  };
  return (
    <div class="actions">
      <button
        type="button"
        onClick={() =>
          ask({
            title: `Run ${name} now?`,
            text: 'A night starts at once. Where one runs already, this one is skipped.',
            yes: 'Run now',
            act: send('RunSchedule'),
          })
        }
      >
        Run now
      </button>
      {paused ? (
        <button type="button" class="primary" onClick={() => void attempt(send('ResumeSchedule'))}>
          Resume
        </button>
      ) : (
        <button
          type="button"
          onClick={() =>
            ask({
              title: `Pause ${name}?`,
              text: 'It starts no night until it is resumed. A night that runs goes on.',
              yes: 'Pause',
              act: send('PauseSchedule'),
            })
          }
        >
          Pause
        </button>
      )}
    </div>
  );
}

/** The last weeks, a square a day; the table below tells the same in words. */
function Calendar({ nights }: { readonly nights: readonly Night__Output[] }) {
  return (
    <div class="calendar" aria-hidden="true">
      {calendar(nights, WEEKS, Date.now()).map((week) => (
        <div key={week[0]?.date}>
          {week.map(({ date, nights: ofDay }) => (
            <i
              key={date}
              class={ofDay.at(-1)?.outcome ?? 'none'}
              title={[date, ...ofDay.map(({ outcome, reason }) => `${outcome}: ${reason}`)].join('\n')}
            />
          ))}
        </div>
      ))}
      <ul class="legend">
        {['published', 'kept', 'unchanged', 'failed', 'running'].map((outcome) => (
          <li key={outcome} class={outcome}>
            {outcome}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Nights({ nights, name }: { readonly nights: readonly Night__Output[]; readonly name: string }) {
  if (nights.length === 0) return <p class="help">No night has run yet.</p>;
  return (
    <section class="scroll flat" aria-label={`Nights of ${name}`}>
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">Night</th>
            <th scope="col">Outcome</th>
            <th scope="col">Why</th>
            <th scope="col">Took</th>
            <th scope="col">Sweep</th>
          </tr>
        </thead>
        <tbody>
          {nights.map(({ runId, startedAt, endedAt, outcome, reason, sweepId }) => (
            <tr key={runId}>
              <th scope="row">{moment(startedAt)}</th>
              <td>
                <Badge of={outcome} />
              </td>
              <td class="wide">{reason}</td>
              <td>{endedAt === '' ? '–' : duration(Date.parse(endedAt) - Date.parse(startedAt))}</td>
              <td>{sweepId !== '' && <a href={href(['sweeps', sweepId])}>{sweepId}</a>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
