import type { ListPublishedResponse__Output } from '../../proto/generated/prunefront/v1/ListPublishedResponse.js';
import type { ListSchedulesResponse__Output } from '../../proto/generated/prunefront/v1/ListSchedulesResponse.js';
import { call, type Refusal } from '../api/gateway.js';
import { usePolled } from '../api/polled.js';
import { Missing } from '../parts/notice.js';
import { PublicationCard } from '../parts/publication.js';
import { ScheduleCard } from '../parts/schedule.js';

const EVERY_MS = 5000;

/** Schedules with their nights, and what they have published. */
export function NightsPage() {
  const schedules = usePolled(
    () => call<ListSchedulesResponse__Output>('ScheduleService', 'ListSchedules', { pageSize: 1000 }),
    EVERY_MS,
    'schedules',
  );
  const published = usePolled(
    () => call<ListPublishedResponse__Output>('ScheduleService', 'ListPublished', { pageSize: 1000 }),
    EVERY_MS,
    'published',
  );
  const refusal: Refusal | null = schedules.refusal ?? published.refusal;
  if (refusal !== null)
    return (
      <section>
        <h1>Nights</h1>
        <Missing refusal={refusal} what="schedules" />
      </section>
    );
  return (
    <>
      <header class="title">
        <h1>Nights</h1>
      </header>
      {schedules.value?.schedules.length === 0 && (
        <p class="empty">
          There is no schedule. Make one with <code>prunefront schedule create NAME --cron "0 2 * * *" SPEC.yaml</code>.
        </p>
      )}
      {schedules.value?.schedules.map((schedule) => (
        <ScheduleCard key={schedule.name} schedule={schedule} reload={schedules.reload} />
      ))}
      {published.value?.publications.map((publication) => (
        <PublicationCard key={publication.name} publication={publication} reload={published.reload} />
      ))}
    </>
  );
}
