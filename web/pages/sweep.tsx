import { useEffect, useMemo } from 'preact/hooks';
import { LiveSweep } from '../model/live-sweep.js';
import { CandidateSection } from '../parts/candidate.js';
import { CandidateTable } from '../parts/candidate-table.js';
import { EventFeed } from '../parts/event-feed.js';
import { FrontSection } from '../parts/front-section.js';
import { Missing } from '../parts/notice.js';
import { usePlaceShortcuts } from '../parts/shortcuts.js';
import { SweepHead } from '../parts/sweep-head.js';
import { SweepProgressSection } from '../parts/sweep-progress.js';
import { choose, route } from '../router.js';

/** One sweep, live. */
export function SweepPage({ sweepId }: { readonly sweepId: string }) {
  const live = useMemo(() => new LiveSweep(sweepId), [sweepId]);
  useEffect(() => {
    live.start();
    return () => live.stop();
  }, [live]);
  const data = live.data.value;
  const { query } = route.value;
  const shown = data?.rows ?? [];
  const selected = shown.find((row) => row.selected)?.id ?? null;
  const picked = query.get('candidate') ?? (live.isOver.value ? selected : null);
  const beside = query.get('beside');
  const step = (by: number) => () => {
    const at = shown.findIndex(({ id }) => id === picked);
    const next = shown[at < 0 ? 0 : (at + by + shown.length) % shown.length];
    if (next !== undefined) choose({ candidate: next.id });
  };
  usePlaceShortcuts([
    { key: 'j', text: 'Next candidate', act: step(1) },
    { key: 'k', text: 'Candidate before', act: step(-1) },
    { key: 'c', text: 'Compare with the next one that you choose, or no more', act: () => compare(picked, beside) },
  ]);
  const refusal = live.refusal.value;
  if (refusal !== null)
    return (
      <section>
        <h1>{sweepId}</h1>
        <Missing refusal={refusal} what="this sweep" />
      </section>
    );
  return (
    <>
      <SweepHead live={live} />
      <SweepProgressSection live={live} />
      {data !== null && data.rows.length > 0 && (
        <>
          <FrontSection data={data} picked={picked} />
          {picked !== null && <CandidateSection live={live} data={data} picked={picked} beside={beside} />}
          <CandidateTable data={data} picked={picked} beside={beside} />
        </>
      )}
      <EventFeed live={live} />
    </>
  );
}

/** Keeps the candidate that is shown beside the next one; a second time shows one alone again. */
function compare(picked: string | null, beside: string | null): void {
  choose({ beside: beside === null ? picked : null });
}
