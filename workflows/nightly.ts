import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  executeChild,
  isCancellation,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { NightlyInput, PickedNight } from '../core/nightly/activities.js';
import { decideNight } from '../core/nightly/decide.js';
import type { NightNotification, NightRecord } from '../core/nightly/night.js';
import { EQUAL_SHARE, type SweepInput, type SweepProgress } from '../core/sweep/progress.js';
import { causeOf } from './cause.js';
import { NAME_ATTRIBUTE, PROGRESS_ATTRIBUTE, STATE_ATTRIBUTE } from './messages.js';
import { Night } from './night-state.js';
import { notifyActivities, orchestrator, stageActivities } from './proxies.js';
import { sweepWorkflow } from './sweep.js';

/** Between two looks whether a sweep that somebody else runs has ended. */
const SAME_SWEEP_EVERY = '5s';

/**
 * One night: finds the newest model or data, sweeps it from last night's front on, and publishes the selected candidate unless it falls
 * behind what is published. A night that comes to no judgement is recorded as `failed` and changes nothing.
 */
export async function nightlyWorkflow(input: NightlyInput): Promise<NightRecord> {
  const { runId, startTime } = workflowInfo();
  const night = new Night(input, runId, startTime.getTime());
  upsertSearchAttributes([
    { key: NAME_ATTRIBUTE, value: input.schedule },
    { key: STATE_ATTRIBUTE, value: 'running' },
  ]);
  let cancelled: unknown = null;
  try {
    await judge(input, night, runId);
  } catch (error) {
    if (isCancellation(error)) cancelled = error;
    const cause = { code: 'PRUNEFRONT_SWEEP_STATE', message: 'The night was cancelled' } as const;
    night.fails(cancelled === null ? causeOf(error) : cause);
  }
  const record = await CancellationScope.nonCancellable(() => tell(input, night));
  if (cancelled !== null) throw cancelled;
  return record;
}

/** Comes to a judgement, and publishes where it is in favour. */
async function judge(input: NightlyInput, night: Night, runId: string): Promise<void> {
  const { schedule, spec, source } = input;
  const picked = await orchestrator.pickNight({ schedule, spec });
  night.works(picked);
  if (picked.isUnchanged)
    return night.ends('unchanged', 'Model, data and spec are those of the last night, which judged them already.');
  const progress = await sweep(input, picked);
  const { baseline, front, selected: selection } = progress;
  if (baseline === null || selection === null) throw notSwept(picked, 'came to no result');
  const selected = front.find(({ id }) => id === selection.id) ?? null;
  night.swept(progress, selected);
  if (picked.lastSweepId !== null) {
    const [before, tonight] = [picked.lastSweepId, picked.sweepId];
    night.compares(await orchestrator.compareNights({ before, tonight, objectives: spec.objectives, dense: baseline }));
  }
  const publication = spec.nightly.publish.name;
  const { stageKey } = baseline;
  const opponent = await orchestrator.findOpponent({ publication, spec: picked.spec, stageKey });
  if (opponent !== null && opponent.stageKey === selected?.stageKey)
    return night.ends(
      'unchanged',
      `${selected.id} (${selected.label}) is what version ${opponent.version} holds already.`,
    );
  if (opponent !== null) {
    const { stageTaskQueue } = input;
    const { runStage } = stageActivities({ sweepId: picked.sweepId, stageTaskQueue, share: EQUAL_SHARE });
    const label = `version ${opponent.version} of ${publication}`;
    const about = { sweep: spec.name, candidate: 'published', label };
    for (const stage of opponent.before ?? []) await runStage({ ...about, stage });
    night.faces(opponent, await runStage({ ...about, stage: opponent.stage }));
  }
  const { tolerance } = spec.nightly.publish;
  const decision = decideNight({ spec, tolerance, selection, selected, opponent: night.opponent });
  if (decision.outcome === 'kept' || night.selected === null) return night.ends('kept', decision.reason);
  const version = await orchestrator.publishVersion({
    ...{ schedule, runId, spec, source },
    ...{ sweepId: picked.sweepId, input: picked.input, selected: night.selected },
  });
  night.ends('published', decision.reason, version);
}

/** Runs the sweep of a night as the gateway would, so that both are one. */
async function sweep(
  { source, stageTaskQueue, window, spec: { name } }: NightlyInput,
  { sweepId, spec, model, startFrom }: PickedNight,
): Promise<SweepProgress> {
  const input: SweepInput = {
    ...{ sweepId, spec, source, stageTaskQueue, window, share: EQUAL_SHARE },
    ...(model === null ? {} : { model }),
    ...(startFrom.length === 0 ? {} : { startFrom }),
  };
  for (;;) {
    try {
      const progress = await executeChild(sweepWorkflow, {
        workflowId: `sweep-${sweepId}`,
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        parentClosePolicy: 'REQUEST_CANCEL',
        typedSearchAttributes: [
          { key: STATE_ATTRIBUTE, value: 'preparing' },
          { key: PROGRESS_ATTRIBUTE, value: 0 },
          { key: NAME_ATTRIBUTE, value: name },
        ],
      });
      if (progress.state === 'done') return progress;
      throw notSwept({ sweepId }, 'was cancelled');
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    // Somebody else runs it. What that one finishes is in the store by then.
    await sleep(SAME_SWEEP_EVERY);
  }
}

function notSwept({ sweepId }: Pick<PickedNight, 'sweepId'>, what: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`The sweep ${sweepId} ${what}`, 'PRUNEFRONT_SWEEP_STATE');
}

/** Keeps the record, tells who wants to know, and keeps how that went. */
async function tell({ spec: { nightly } }: NightlyInput, night: Night): Promise<NightRecord> {
  const record = night.record(Date.now());
  upsertSearchAttributes([{ key: STATE_ATTRIBUTE, value: record.outcome }]);
  const { webhook, command, timeoutMs } = nightly.notify;
  await orchestrator.recordNight({ ...record, notifications: [] });
  const { postWebhook, runCommand } = notifyActivities(timeoutMs);
  const notifications = await Promise.all([
    ...(webhook === null ? [] : [notified('webhook', postWebhook({ url: webhook, timeoutMs, record }))]),
    ...(command.length === 0 ? [] : [notified('command', runCommand({ command, timeoutMs, record }))]),
  ]);
  if (notifications.length > 0) await orchestrator.recordNight({ ...record, notifications });
  return { ...record, notifications };
}

async function notified(target: NightNotification['target'], telling: Promise<void>): Promise<NightNotification> {
  try {
    await telling;
    return { target, ok: true, error: null };
  } catch (error) {
    return { target, ok: false, error: causeOf(error) };
  }
}
