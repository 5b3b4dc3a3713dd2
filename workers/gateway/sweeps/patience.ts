import type { Client } from '@temporalio/client';
import { PrunefrontError } from '../../../core/errors.js';

/** Longer than a server that lives takes for any single call. */
const SERVER_MS = 5000;

/** Where a night has just ended, the server looks after it for up to five seconds before it describes its schedule. */
const SCHEDULE_MS = 15_000;

/** Calls to Temporal with an end: without one, a call to a server or a worker that is not there waits for ever. */
export class Patience {
  /**
   * @param orchestratorMs - milliseconds that an orchestrator worker may take to answer, or to start
   * @param signal - ends the calls when nobody waits for them any more
   */
  constructor(
    private readonly client: Client,
    readonly orchestratorMs: number,
    private readonly signal: AbortSignal | null = null,
    private readonly underWay = new Set<Promise<unknown>>(),
  ) {}

  /** The same patience for as long as a caller has some. */
  heeding(signal: AbortSignal): Patience {
    return new Patience(this.client, this.orchestratorMs, signal, this.underWay);
  }

  /** A call that the server answers by itself. */
  server<T>(call: () => Promise<T>): Promise<T> {
    return this.within(SERVER_MS, call);
  }

  /** A call on a schedule, which the server answers by itself and sometimes late. */
  schedule<T>(call: () => Promise<T>): Promise<T> {
    return this.within(SCHEDULE_MS, call);
  }

  /** A call that an orchestrator worker has to answer. */
  orchestrator<T>(call: () => Promise<T>): Promise<T> {
    return this.within(this.orchestratorMs, call);
  }

  /** Waits until no call is under way: one that is tried again on a closed connection would end the process. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay);
  }

  private async within<T>(milliseconds: number, call: () => Promise<T>): Promise<T> {
    const { client, signal } = this;
    const inTime = (): Promise<T> => client.withDeadline(Date.now() + milliseconds, call);
    const work = signal === null ? inTime() : client.withAbortSignal(signal, inTime);
    this.underWay.add(work);
    try {
      return await work;
    } finally {
      this.underWay.delete(work);
    }
  }
}

/** Says that the server serves and no orchestrator worker does. */
export function noOrchestrator(sweepId: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_UNREACHABLE', 'No orchestrator worker answers', {
    place: sweepId,
    hint: 'start one, then try again',
  });
}
