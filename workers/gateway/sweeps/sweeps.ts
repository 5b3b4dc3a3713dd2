import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionInfo,
  type WorkflowHandle,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { isErrorCode, PrunefrontError } from '../../../core/errors.js';
import { nearest } from '../../../core/nearest.js';
import { sweepIdOf, withoutNights } from '../../../core/spec/sweep-id.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { EQUAL_SHARE, type SlotShare } from '../../../core/sweep/progress.js';
import type { SweepResult } from '../../../core/sweep/result.js';
import type { SweepSpec } from '../../../core/sweep/spec.js';
import { NAME_ATTRIBUTE, PROGRESS_ATTRIBUTE, STATE_ATTRIBUTE } from '../../../workflows/messages.js';
import type { sweepWorkflow } from '../../../workflows/sweep.js';
import { ORCHESTRATOR_TASK_QUEUE } from '../../orchestrator/task-queue.js';
import { isWhole } from './exports.js';
import { noOrchestrator, type Patience } from './patience.js';

/** A handle on a sweep's workflow. */
export type SweepHandle = WorkflowHandle<typeof sweepWorkflow>;

/** A sweep that Temporal knows. */
export interface FoundSweep {
  readonly sweepId: string;
  readonly handle: SweepHandle;
}

/** One sweep in a listing. */
export interface Listing {
  readonly sweepId: string;
  readonly name: string;
  readonly state: string;
  readonly progress: number;
  readonly startedAt: string;
}

/** Starting, finding and commanding sweeps through Temporal. */
export class Sweeps {
  constructor(
    private readonly client: Client,
    private readonly patience: Patience,
    private readonly store: ArtifactStore,
    private readonly options: { readonly stageTaskQueue: string; readonly window: number },
  ) {}

  /** The same for as long as a caller waits. */
  heeding(signal: AbortSignal): Sweeps {
    return new Sweeps(this.client, this.patience.heeding(signal), this.store, this.options);
  }

  /**
   * Starts the sweep of a spec, or attaches to the one that this spec started before.
   * @param stageTaskQueue - null for the gateway's own
   */
  async start(
    given: SweepSpec,
    source: string,
    share: SlotShare = EQUAL_SHARE,
    stageTaskQueue: string | null = null,
  ): Promise<{ readonly sweepId: string; readonly started: boolean }> {
    const spec = withoutNights(given);
    const sweepId = await sweepIdOf(spec);
    const { window } = this.options;
    if (await this.isDone(sweepId)) return { sweepId, started: false };
    try {
      await this.patience.server(() =>
        this.client.workflow.start<typeof sweepWorkflow>('sweepWorkflow', {
          workflowId: workflowId(sweepId),
          taskQueue: ORCHESTRATOR_TASK_QUEUE,
          args: [
            { sweepId, spec, source, stageTaskQueue: stageTaskQueue ?? this.options.stageTaskQueue, window, share },
          ],
          workflowIdConflictPolicy: 'FAIL',
          // A failed, cancelled or forgotten sweep may be started again: what it finished is in the store.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          typedSearchAttributes: [
            { key: STATE_ATTRIBUTE, value: 'preparing' },
            { key: PROGRESS_ATTRIBUTE, value: 0 },
            { key: NAME_ATTRIBUTE, value: spec.name },
          ],
        }),
      );
      return { sweepId, started: true };
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return { sweepId, started: false };
      throw error;
    }
  }

  /**
   * The handle of a sweep by id, or by name where only one has it.
   * @throws PrunefrontError `PRUNEFRONT_SWEEP_NOT_FOUND`
   */
  async find(idOrName: string): Promise<FoundSweep> {
    if ((await this.stateOf(idOrName)) !== null) return this.known(idOrName);
    const listed = await this.list();
    const named = listed.filter(({ name }) => name === idOrName);
    const [only] = named;
    if (only !== undefined && named.length === 1) return this.known(only.sweepId);
    const ids = listed.map(({ sweepId }) => sweepId);
    const near = nearest(idOrName, ids);
    throw new PrunefrontError('PRUNEFRONT_SWEEP_NOT_FOUND', `There is no sweep ${idOrName}`, {
      found: idOrName,
      allowed:
        (named.length > 1 ? named.map(({ sweepId }) => sweepId) : ids).join(', ') || 'no sweep has been started yet',
      ...(near === null ? {} : { hint: `did you mean ${near}?` }),
    });
  }

  /** A sweep by the id that Temporal has told. */
  known(sweepId: string): FoundSweep {
    return { sweepId, handle: this.handle(sweepId) };
  }

  /** All sweeps, newest first. */
  async list(): Promise<Listing[]> {
    const runs = await this.patience.server(async () => {
      const found: WorkflowExecutionInfo[] = [];
      for await (const run of this.client.workflow.list({ query: "WorkflowType = 'sweepWorkflow'" })) found.push(run);
      // The server lists them by when they ended.
      return found.sort((a, b) => b.startTime.getTime() - a.startTime.getTime());
    });
    const newest = new Map<string, Listing>();
    for (const run of runs) {
      const { workflowId: id, typedSearchAttributes, startTime } = run;
      const sweepId = id.replace(/^sweep-/, '');
      if (newest.has(sweepId)) continue;
      newest.set(sweepId, {
        sweepId,
        name: String(typedSearchAttributes.get(NAME_ATTRIBUTE) ?? sweepId),
        state: stateOfRun(run),
        progress: Number(typedSearchAttributes.get(PROGRESS_ATTRIBUTE) ?? 0),
        startedAt: startTime.toISOString(),
      });
    }
    return [...newest.values()];
  }

  /** Sends an update; a refusal by its validator is `PRUNEFRONT_SWEEP_STATE`. */
  async command<T>(
    idOrName: string,
    update: 'pause' | 'resume' | 'cancel' | 'raiseBudget',
    args: readonly unknown[] = [],
  ): Promise<T> {
    const { handle, sweepId } = await this.find(idOrName);
    const { status } = await this.patience.server(() => handle.describe());
    if (status.name !== 'RUNNING') {
      throw new PrunefrontError('PRUNEFRONT_SWEEP_STATE', `The sweep ${sweepId} has ended`, {
        found: status.name.toLowerCase(),
        allowed: 'a running sweep',
      });
    }
    try {
      const answer = this.patience.orchestrator(() => handle.executeUpdate(update, { args: [...args] } as never));
      return (await answer) as T;
    } catch (error) {
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) throw noOrchestrator(sweepId);
      if (!(error instanceof WorkflowUpdateFailedError)) throw error;
      const { cause } = error;
      const type = cause instanceof ApplicationFailure ? (cause.type ?? '') : '';
      throw new PrunefrontError(isErrorCode(type) ? type : 'PRUNEFRONT_SWEEP_STATE', cause?.message ?? error.message, {
        place: sweepId,
      });
    }
  }

  /** The published result, or null while there is none. */
  async result(sweepId: string): Promise<SweepResult | null> {
    return (await this.store.getDocument(`sweeps/${sweepId}/result.json`)) as SweepResult | null;
  }

  /** Whether a sweep has come to its end and what it hands out is whole; a cancelled one has a result too, and may be started again. */
  private async isDone(sweepId: string): Promise<boolean> {
    const result = await this.result(sweepId);
    return result !== null && (await this.stateOf(sweepId)) === 'done' && (await isWhole(this.store, result));
  }

  /** The state of a sweep's newest run; null where Temporal does not know it, or no more. */
  async stateOf(sweepId: string): Promise<string | null> {
    try {
      return stateOfRun(await this.patience.server(() => this.handle(sweepId).describe()));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  }

  private handle(sweepId: string): SweepHandle {
    return this.client.workflow.getHandle<typeof sweepWorkflow>(workflowId(sweepId));
  }
}

/** What a run tells by its search attributes; one that was ended from outside could not tell. */
function stateOfRun({
  status,
  typedSearchAttributes,
}: Pick<WorkflowExecutionInfo, 'status' | 'typedSearchAttributes'>) {
  if (wasEndedFromOutside(status.name)) return 'failed';
  return String(typedSearchAttributes.get(STATE_ATTRIBUTE) ?? status.name.toLowerCase());
}

/** Whether a sweep in this state goes on no more. */
export function isOver(state: string): boolean {
  return state === 'done' || state === 'cancelled' || state === 'failed';
}

/** Whether a run had no chance to tell that it ended. */
export function wasEndedFromOutside(status: string): boolean {
  return status === 'TERMINATED' || status === 'TIMED_OUT';
}

function workflowId(sweepId: string): string {
  return `sweep-${sweepId}`;
}
