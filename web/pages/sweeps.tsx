import { useSignal } from '@preact/signals';
import { formatQuantity } from '../../core/report/assets/format.js';
import { mainKinds, mainLabel } from '../../core/report/quality-metrics.js';
import type { ListSweepsResponse__Output } from '../../proto/generated/prunefront/v1/ListSweepsResponse.js';
import type { SweepListing__Output } from '../../proto/generated/prunefront/v1/SweepListing.js';
import { call } from '../api/gateway.js';
import { usePolled } from '../api/polled.js';
import { type Best, bestKnown } from '../model/best.js';
import { fromNow, moment } from '../model/time.js';
import { Badge } from '../parts/badge.js';
import { Bar } from '../parts/bar.js';
import { Missing } from '../parts/notice.js';
import { href } from '../router.js';

const PAGE_SIZE = 25;
const EVERY_MS = 3000;

/** All sweeps, newest first. */
export function SweepsPage() {
  // Tokens of the parts before this one; the last is that of this one.
  const tokens = useSignal<readonly string[]>(['']);
  const pageToken = tokens.value.at(-1) ?? '';
  const { value, refusal } = usePolled(() => loadPart(pageToken), EVERY_MS, pageToken);
  return (
    <section aria-labelledby="sweeps-title">
      <h1 id="sweeps-title">Sweeps</h1>
      {refusal !== null && <Missing refusal={refusal} what="sweeps" />}
      {value !== null && refusal === null && (
        <>
          {value.sweeps.length === 0 ? (
            <p class="empty">
              No sweep has been started yet. Start one with <code>prunefront sweep run SPEC.yaml</code>.
            </p>
          ) : (
            <SweepTable sweeps={value.sweeps} best={value.best} />
          )}
          <nav class="actions" aria-label="Parts of the list">
            {tokens.value.length > 1 && (
              <button
                type="button"
                onClick={() => {
                  tokens.value = tokens.value.slice(0, -1);
                }}
              >
                Newer
              </button>
            )}
            {value.nextPageToken !== '' && (
              <button
                type="button"
                onClick={() => {
                  tokens.value = [...tokens.value, value.nextPageToken];
                }}
              >
                Older
              </button>
            )}
          </nav>
        </>
      )}
    </section>
  );
}

async function loadPart(
  pageToken: string,
): Promise<ListSweepsResponse__Output & { readonly best: ReadonlyMap<string, Best> }> {
  const part = await call<ListSweepsResponse__Output>('SweepService', 'ListSweeps', { pageSize: PAGE_SIZE, pageToken });
  return { ...part, best: await bestKnown(part.sweeps) };
}

function SweepTable(props: {
  readonly sweeps: readonly SweepListing__Output[];
  readonly best: ReadonlyMap<string, Best>;
}) {
  return (
    <section class="scroll flat" aria-label="Table of sweeps">
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">Sweep</th>
            <th scope="col">State</th>
            <th scope="col">Progress</th>
            <th scope="col" class="number">
              Best score
            </th>
            <th scope="col" class="number">
              From dense
            </th>
            <th scope="col" class="number">
              Smallest on the front
            </th>
            <th scope="col">Started</th>
          </tr>
        </thead>
        <tbody>
          {props.sweeps.map((sweep) => (
            <SweepRow key={sweep.sweepId} sweep={sweep} best={props.best.get(sweep.sweepId) ?? null} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function SweepRow({ sweep, best }: { readonly sweep: SweepListing__Output; readonly best: Best | null }) {
  const { sweepId, name, state, progress, startedAt } = sweep;
  const kinds = mainKinds(best?.task ?? 'classification');
  return (
    <tr>
      <th scope="row">
        <a href={href(['sweeps', sweepId])}>{name}</a> <span class="id">{sweepId.slice(name.length + 1)}</span>
      </th>
      <td>
        <Badge of={state} />
      </td>
      <td class="progress">
        <Bar part={progress} label={`${Math.round(progress * 100)} % of the candidates`} />
        <span>{Math.round(progress * 100)} %</span>
      </td>
      <td class="number" title={best === null ? undefined : mainLabel(best.task)}>
        {formatQuantity(best?.score, kinds.value)}
      </td>
      <td class="number">{formatQuantity(best?.change, kinds.change)}</td>
      <td class="number">
        {formatQuantity(best?.smallest, 'bytes')}
        {best !== null && best.denseBytes !== null && (
          <span class="soft"> of {formatQuantity(best.denseBytes, 'bytes')}</span>
        )}
      </td>
      <td title={moment(startedAt)}>{fromNow(startedAt)}</td>
    </tr>
  );
}
