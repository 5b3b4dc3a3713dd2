import { PrunefrontError } from '../../../core/errors.js';
import type { NightSpec } from '../../../core/nightly/activities.js';
import type { Publications } from '../../../core/nightly/publications.js';
import type { BackfillScheduleRequest__Output } from '../../../proto/generated/prunefront/v1/BackfillScheduleRequest.js';
import type { CreateScheduleRequest__Output } from '../../../proto/generated/prunefront/v1/CreateScheduleRequest.js';
import type { DeleteScheduleRequest__Output } from '../../../proto/generated/prunefront/v1/DeleteScheduleRequest.js';
import type { ExportPublishedRequest__Output } from '../../../proto/generated/prunefront/v1/ExportPublishedRequest.js';
import type { GetPublishedRequest__Output } from '../../../proto/generated/prunefront/v1/GetPublishedRequest.js';
import type { GetScheduleRequest__Output } from '../../../proto/generated/prunefront/v1/GetScheduleRequest.js';
import type { ListPublishedRequest__Output } from '../../../proto/generated/prunefront/v1/ListPublishedRequest.js';
import type { ListSchedulesRequest__Output } from '../../../proto/generated/prunefront/v1/ListSchedulesRequest.js';
import type { PauseScheduleRequest__Output } from '../../../proto/generated/prunefront/v1/PauseScheduleRequest.js';
import type { ResumeScheduleRequest__Output } from '../../../proto/generated/prunefront/v1/ResumeScheduleRequest.js';
import type { RollBackPublishedRequest__Output } from '../../../proto/generated/prunefront/v1/RollBackPublishedRequest.js';
import type { RunScheduleRequest__Output } from '../../../proto/generated/prunefront/v1/RunScheduleRequest.js';
import type { ScheduleServiceHandlers } from '../../../proto/generated/prunefront/v1/ScheduleService.js';
import type { SpecSource__Output } from '../../../proto/generated/prunefront/v1/SpecSource.js';
import { mayDo, type Principal } from '../access/roles.js';
import type { Idempotency } from '../idempotency.js';
import type { Nodes } from '../nodes/nodes.js';
import { pageOf } from '../pages.js';
import { nightMessages, publicationMessage, scheduleMessage } from '../schedules/messages.js';
import type { Schedules } from '../schedules/schedules.js';
import { checkData, isKnownToFit } from '../sweeps/check-data.js';
import { chunksOf } from '../sweeps/file-stream.js';
import type { SpecReader } from '../sweeps/spec-reader.js';
import { type Calls, streaming, unary } from './call.js';

/** Nights that one schedule is shown with. */
const NIGHTS_SHOWN = 100;

/** What the calls on schedules work with. */
export interface ScheduleCallsOptions {
  readonly schedules: Schedules;
  readonly publications: Publications;
  readonly idempotency: Idempotency;
  readonly nodes: Nodes;
  readonly readSpec: SpecReader;
}

/** The calls of `ScheduleService`. */
export function scheduleCalls({
  schedules,
  publications,
  idempotency,
  nodes,
  readSpec,
}: ScheduleCallsOptions): Calls<keyof ScheduleServiceHandlers & string> {
  return {
    CreateSchedule: unary('operator', async (request: CreateScheduleRequest__Output, { principal, signal }) => {
      const { idempotencyKey: key, ...rest } = request;
      const { name, cron, timeZone, spec } = rest;
      const parsed = await readNightSpec(spec, readSpec);
      requireMayRun(principal, parsed);
      const asked = { principal: principal.name, method: 'ScheduleService/CreateSchedule', key, request: rest };
      return idempotency.once({ ...asked, signal }, async () => {
        if (!isKnownToFit(parsed)) await checkData(parsed, spec);
        const stageTaskQueue = await nodes.busiestQueue();
        const source = spec?.text ?? '';
        const wanted = { name, cron, timeZone, spec: parsed, source, stageTaskQueue };
        return { schedule: scheduleMessage(await schedules.heeding(signal).create(wanted)) };
      });
    }),
    ListSchedules: unary('viewer', async (request: ListSchedulesRequest__Output, { signal }) => {
      const heeding = schedules.heeding(signal);
      const { items, nextPageToken } = pageOf('schedules', await heeding.names(), request, (name) => name, 'ascending');
      return { schedules: (await heeding.some(items)).map(scheduleMessage), nextPageToken };
    }),
    GetSchedule: unary('viewer', async ({ name }: GetScheduleRequest__Output, { signal }) => {
      const schedule = await schedules.heeding(signal).get(name, NIGHTS_SHOWN);
      return { schedule: scheduleMessage(schedule), nights: nightMessages(schedule), specText: schedule.source };
    }),
    PauseSchedule: unary('operator', async ({ name }: PauseScheduleRequest__Output, { signal }) => {
      await schedules.heeding(signal).pause(name);
      return {};
    }),
    ResumeSchedule: unary('operator', async ({ name }: ResumeScheduleRequest__Output, { signal }) => {
      await schedules.heeding(signal).resume(name);
      return {};
    }),
    RunSchedule: unary('operator', async ({ name }: RunScheduleRequest__Output, { signal }) => ({
      skipped: await schedules.heeding(signal).run(name),
    })),
    BackfillSchedule: unary('operator', async ({ name, from, to }: BackfillScheduleRequest__Output, { signal }) => ({
      nights: await schedules.heeding(signal).backfill(name, from, to),
    })),
    DeleteSchedule: unary('admin', async ({ name }: DeleteScheduleRequest__Output, { signal }) => {
      await schedules.heeding(signal).delete(name);
      return {};
    }),
    ListPublished: unary('viewer', async (request: ListPublishedRequest__Output) => {
      const { items, nextPageToken } = pageOf(
        'published',
        await publications.names(),
        request,
        (name) => name,
        'ascending',
      );
      const found = await Promise.all(items.map((name) => publications.get(name)));
      return { publications: found.map(publicationMessage), nextPageToken };
    }),
    GetPublished: unary('viewer', async ({ name }: GetPublishedRequest__Output) => ({
      publication: publicationMessage(await publications.get(name)),
    })),
    RollBackPublished: unary(
      'operator',
      async ({ name, version }: RollBackPublishedRequest__Output, { principal }) => ({
        publication: publicationMessage(await publications.rollBack(name, version, principal.name)),
      }),
    ),
    ExportPublished: streaming('viewer', async function* ({ name, version }: ExportPublishedRequest__Output) {
      yield* chunksOf(await publications.files(name, version));
    }),
  };
}

/** A command runs as the orchestrator does, so that whoever names one could do all that the orchestrator may. */
function requireMayRun({ role }: Principal, { nightly }: NightSpec): void {
  if (nightly.notify.command.length === 0 || mayDo(role, 'admin')) return;
  throw new PrunefrontError('PRUNEFRONT_FORBIDDEN', 'Only an admin may have the orchestrator run a command', {
    place: 'nightly.notify.command',
    found: role,
    allowed: 'admin',
    hint: 'take the webhook, or ask an admin to make the schedule',
  });
}

async function readNightSpec(spec: SpecSource__Output | null, readSpec: SpecReader): Promise<NightSpec> {
  const fileName = spec?.fileName ?? 'spec';
  const { nightly, ...rest } = await readSpec(spec);
  if (nightly !== undefined) return { ...rest, nightly };
  throw new PrunefrontError('PRUNEFRONT_SPEC_MISSING', 'nightly is missing', {
    place: `${fileName} nightly`,
    found: 'nothing',
    allowed: '{ watch, publish, notify? }',
    hint: 'docs/nightly.md says what a night needs',
  });
}
