import { type ClientReadableStream, credentials, type ServiceError, status as Status } from '@grpc/grpc-js';
import { type ErrorData, PrunefrontError } from '../core/errors.js';
import type { SweepPlan } from '../core/search/plan.js';
import type { StageHeartbeat, SweepProgress } from '../core/sweep/progress.js';
import type { SweepResult } from '../core/sweep/result.js';
import type { SpecSource } from '../proto/generated/prunefront/v1/SpecSource.js';
import type { SweepListing__Output } from '../proto/generated/prunefront/v1/SweepListing.js';
import type { SweepSnapshot__Output } from '../proto/generated/prunefront/v1/SweepSnapshot.js';
import { errorJson, ScheduleClient, SweepClient } from '../proto/load.js';
import { SchedulesClient } from './schedules.js';

/** A sweep at one moment, decoded. */
export interface Snapshot {
  readonly progress: SweepProgress;
  readonly slots: readonly { readonly heartbeat: StageHeartbeat; readonly attempt: number }[];
  readonly stagesRunning: number;
  readonly stagesQueued: number;
  /** Milliseconds; negative where not known. */
  readonly remainingMs: number;
  readonly elapsedMs: number;
  /** Why work waits to be tried again. */
  readonly retryReasons: readonly string[];
}

type Raw = InstanceType<typeof SweepClient>;
type Reply<T> = (error: ServiceError | null, response?: T) => void;

/** A client of a gateway: promises and typed errors. */
export class PrunefrontClient {
  private readonly raw: Raw;
  /** Schedules of nights and what they published. */
  readonly schedules: SchedulesClient;

  constructor(readonly address: string) {
    const options = { 'grpc.max_receive_message_length': 64 * 1024 * 1024 };
    this.raw = new SweepClient(address, credentials.createInsecure(), options);
    this.schedules = new SchedulesClient(new ScheduleClient(address, credentials.createInsecure(), options), {
      call: (send) => this.call(send),
      collect: (stream) => this.collect(stream),
    });
  }

  /** Validates a spec and says what it would cost. */
  async plan(spec: SpecSource): Promise<SweepPlan> {
    const { planJson } = await this.call((reply: Reply<{ planJson: string }>) => this.raw.PlanSweep({ spec }, reply));
    return JSON.parse(planJson) as SweepPlan;
  }

  start(spec: SpecSource): Promise<{ sweepId: string; started: boolean }> {
    return this.call((reply: Reply<{ sweepId: string; started: boolean }>) => this.raw.StartSweep({ spec }, reply));
  }

  async status(sweepId: string): Promise<Snapshot> {
    const { snapshot } = await this.call((reply: Reply<{ snapshot: SweepSnapshot__Output | null }>) =>
      this.raw.GetSweep({ sweepId }, reply),
    );
    return decode(snapshot);
  }

  async list(): Promise<readonly SweepListing__Output[]> {
    const { sweeps } = await this.call((reply: Reply<{ sweeps: SweepListing__Output[] }>) =>
      this.raw.ListSweeps({}, reply),
    );
    return sweeps;
  }

  async command(name: 'pause' | 'resume' | 'cancel', sweepId: string): Promise<void> {
    const request = { sweepId };
    await this.call((reply: Reply<object>) => {
      if (name === 'pause') this.raw.PauseSweep(request, reply);
      else if (name === 'resume') this.raw.ResumeSweep(request, reply);
      else this.raw.CancelSweep(request, reply);
    });
  }

  async raiseBudget(sweepId: string, candidates: number): Promise<number> {
    const answer = await this.call((reply: Reply<{ candidates: number }>) =>
      this.raw.RaiseBudget({ sweepId, candidates }, reply),
    );
    return answer.candidates;
  }

  async result(sweepId: string): Promise<SweepResult> {
    const { resultJson } = await this.call((reply: Reply<{ resultJson: string }>) =>
      this.raw.GetFront({ sweepId }, reply),
    );
    return JSON.parse(resultJson) as SweepResult;
  }

  /** Snapshots until the sweep has ended or the signal fires. */
  async *watch(sweepId: string, signal: AbortSignal): AsyncGenerator<Snapshot> {
    const stream = this.raw.WatchSweep({ sweepId });
    const stop = (): void => stream.cancel();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const { snapshot } of stream as AsyncIterable<{ snapshot: SweepSnapshot__Output | null }>)
        yield decode(snapshot);
    } catch (error) {
      if (!signal.aborted) throw this.typed(error);
    } finally {
      signal.removeEventListener('abort', stop);
      // A caller that has seen enough leaves the loop early.
      stop();
    }
  }

  /** The files of a candidate's model. */
  exportCandidate(sweepId: string, candidate: string): Promise<Map<string, Buffer>> {
    return this.collect(this.raw.ExportCandidate({ sweepId, candidate }));
  }

  /** report.html and observations.jsonl. */
  report(sweepId: string): Promise<Map<string, Buffer>> {
    return this.collect(this.raw.GetReport({ sweepId }));
  }

  close(): void {
    this.raw.close();
    this.schedules.close();
  }

  private call<T>(send: (reply: Reply<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      send((error, response) => {
        if (error !== null) reject(this.typed(error));
        else if (response !== undefined) resolve(response);
      });
    });
  }

  private async collect(
    stream: ClientReadableStream<{ fileName: string; chunk: Buffer }>,
  ): Promise<Map<string, Buffer>> {
    const chunks = new Map<string, Buffer[]>();
    try {
      for await (const { fileName, chunk } of stream as AsyncIterable<{ fileName: string; chunk: Buffer }>) {
        const own = chunks.get(fileName) ?? [];
        own.push(chunk);
        chunks.set(fileName, own);
      }
    } catch (error) {
      throw this.typed(error);
    }
    return new Map([...chunks].map(([name, parts]) => [name, Buffer.concat(parts)]));
  }

  /** The typed error that the gateway sent, or that nothing listens there. */
  private typed(error: unknown): unknown {
    const failure = error as ServiceError;
    const json = errorJson(failure);
    if (json !== null) return PrunefrontError.fromData(JSON.parse(json) as ErrorData);
    if (failure.code !== Status.UNAVAILABLE) return error;
    return new PrunefrontError('PRUNEFRONT_UNREACHABLE', `Nothing listens at ${this.address}`, {
      place: this.address,
      hint: 'start the gateway, give its address with --gateway, or run with --local',
    });
  }
}

function decode(snapshot: SweepSnapshot__Output | null): Snapshot {
  if (snapshot === null) throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'The gateway sent an empty snapshot');
  const { progressJson, slots, stagesRunning, stagesQueued, remainingMs, elapsedMs, retryReasons } = snapshot;
  return {
    progress: JSON.parse(progressJson) as SweepProgress,
    slots: slots
      .map(({ heartbeatJson, attempt }) => ({ heartbeat: JSON.parse(heartbeatJson) as StageHeartbeat, attempt }))
      .sort((a, b) => a.heartbeat.node.localeCompare(b.heartbeat.node) || a.heartbeat.slot - b.heartbeat.slot),
    stagesRunning,
    stagesQueued,
    remainingMs: Number(remainingMs),
    elapsedMs: Number(elapsedMs),
    retryReasons,
  };
}
