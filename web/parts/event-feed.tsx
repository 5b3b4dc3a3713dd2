import type { LiveSweep } from '../model/live-sweep.js';
import { clock } from '../model/time.js';

/** Events that are shown; the newest come first. */
const SHOWN = 100;

/** What happened to a sweep. */
export function EventFeed({ live }: { readonly live: LiveSweep }) {
  const events = live.events.value;
  if (events.length === 0) return null;
  return (
    <section aria-labelledby="events-title">
      <h2 id="events-title">Events</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys */}
      <ol class="events" aria-label="Events, newest first" tabIndex={0}>
        {events
          .slice(-SHOWN)
          .reverse()
          .map(({ sequence, atMs, kind, message }) => (
            <li key={sequence} data-sequence={sequence}>
              <time dateTime={new Date(atMs).toISOString()}>{clock(atMs)}</time>
              <span class={`kind ${kind}`}>{message}</span>
            </li>
          ))}
      </ol>
    </section>
  );
}
