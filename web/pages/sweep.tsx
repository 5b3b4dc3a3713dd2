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
  const { picked, beside } = chosen(live);
  usePlaceShortcuts([
    { key: 'j', text: 'Next candidate', act: () => step(live, 1) },
    { key: 'k', text: 'Candidate before', act: () => step(live, -1) },
    { key: 'c', text: 'Keep this candidate beside the next ones, or no more', act: () => compare(live) },
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

/** The candidate that is shown, and the one beside it: those of the address, else the one that the sweep selected. */
function chosen(live: LiveSweep): { readonly picked: string | null; readonly beside: string | null } {
  const { query } = route.value;
  const selected = live.isOver.value ? live.data.value?.rows.find((row) => row.selected)?.id : undefined;
  return { picked: query.get('candidate') ?? selected ?? null, beside: query.get('beside') };
}

/** Goes on to another candidate. */
function step(live: LiveSweep, by: number): void {
  const rows = live.data.value?.rows ?? [];
  const { picked } = chosen(live);
  const at = rows.findIndex(({ id }) => id === picked);
  const next = rows[at < 0 ? 0 : (at + by + rows.length) % rows.length];
  if (next !== undefined) choose({ candidate: next.id });
}

/** Keeps the candidate that is shown beside the next one; a second time shows one alone again. */
function compare(live: LiveSweep): void {
  const { picked, beside } = chosen(live);
  choose({ beside: beside === null ? picked : null });
}
