import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PageData } from '../../core/report/report-data.js';
import { untilDone } from '../api/again.js';
import { Refusal, save } from '../api/gateway.js';
import { type Candidate, loadCandidate } from '../model/candidate.js';
import type { LiveSweep } from '../model/live-sweep.js';
import { choose } from '../router.js';
import { attempt } from './ask.js';
import { Badge } from './badge.js';
import { CandidateCharts } from './candidate-charts.js';
import { CandidateNumbers } from './candidate-numbers.js';
import { standingOf } from './candidate-table.js';
import { Lineage } from './lineage.js';
import { Missing } from './notice.js';

/** One candidate in full, or two side by side. */
export function CandidateSection(props: {
  readonly live: LiveSweep;
  readonly data: PageData;
  readonly picked: string;
  readonly beside: string | null;
}) {
  const { live, data, picked } = props;
  const beside = props.beside === picked ? null : props.beside;
  const first = useCandidate(live, data, picked);
  const second = useCandidate(live, data, beside);
  const columns = [first, ...(beside === null ? [] : [second])];
  const dense = data.rows.find(({ id }) => id === 'dense') ?? null;
  const loaded = columns.flatMap(({ candidate }) => candidate ?? []);
  return (
    <section aria-labelledby="detail-title" id="detail">
      <div class="title">
        <h2 id="detail-title">{beside === null ? 'One candidate' : 'Two candidates'}</h2>
        {beside !== null && (
          <button type="button" onClick={() => choose({ beside: null })}>
            {picked} alone
          </button>
        )}
      </div>
      <div class="beside">
        {columns.map((each, i) => (
          <CandidateHead
            key={i === 0 ? 'picked' : 'beside'}
            live={live}
            shown={each}
            id={i === 0 ? picked : (beside ?? '')}
          />
        ))}
      </div>
      <div class={beside === null ? 'beside' : ''}>
        {loaded.length > 0 && (
          <CandidateNumbers rows={loaded.map(({ row }) => row)} dense={dense} metrics={data.metrics} />
        )}
        <div class="beside">
          {loaded.map(({ row, lineage }, i) => (
            <div key={i === 0 ? 'picked' : 'beside'}>
              {row.status === 'ok' && (
                <CandidateCharts
                  place={i === 0 ? '' : '-beside'}
                  row={row}
                  other={loaded[1 - i]?.row ?? null}
                  metric={data.progress}
                />
              )}
              <Lineage candidate={row.id} stages={lineage} />
            </div>
          ))}
        </div>
      </div>
    </section>
  );
}

interface Shown {
  readonly candidate: Candidate | null;
  readonly refusal: Refusal | null;
}

/** A candidate, asked for once it is chosen, and again when the sweep has ended, for then its test score is known. */
function useCandidate(live: LiveSweep, data: PageData, id: string | null): Shown {
  const shown = useSignal<Shown & { readonly of: string | null }>({ of: null, candidate: null, refusal: null });
  const hasResult = live.result.value !== null;
  const stageKey = id === null ? '' : live.stageKeyOf(id);
  const isKnown = data.rows.some((row) => row.id === id);
  useEffect(() => {
    if (id === null || !isKnown) return;
    const gone = new AbortController();
    const load = async (): Promise<void> => {
      const candidate = await loadCandidate(live.sweepId, id, stageKey);
      if (!gone.signal.aborted) shown.value = { of: id, candidate, refusal: null };
    };
    untilDone(load, gone.signal).catch((error: unknown) => {
      if (error instanceof Refusal) shown.value = { of: id, candidate: null, refusal: error };
    });
    return () => gone.abort();
  }, [live, id, stageKey, hasResult, isKnown, shown]);
  // What was shown before stays until the next has come, but never under another name.
  return shown.value.of === id ? shown.value : { candidate: null, refusal: null };
}

function CandidateHead({ live, shown, id }: { readonly live: LiveSweep; readonly shown: Shown; readonly id: string }) {
  const { candidate, refusal } = shown;
  const row = candidate?.row;
  return (
    <div aria-live="polite">
      <h3 class="candidate-label">
        {id} <span class="soft">{row?.label}</span>
      </h3>
      {refusal !== null && <Missing refusal={refusal} what="details of candidates" />}
      {row !== undefined && (
        <>
          <p class="badges">
            <Badge of={standingOf(row)} />
            {row.violations.map((text) => (
              <Badge key={text} of="failed" text={text} />
            ))}
            {row.cause !== null && <span>{row.cause}</span>}
            {live.result.value !== null && row.status === 'ok' && (
              <button
                type="button"
                class="plain"
                onClick={() =>
                  void attempt(() => save(`sweeps/${encodeURIComponent(live.sweepId)}/models/${row.id}.zip`))
                }
              >
                Download the model of {row.id}
              </button>
            )}
          </p>
          <dl class="pairs">
            {row.facts.map(([key, value]) => (
              <div key={key}>
                <dt>{key}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </div>
  );
}
