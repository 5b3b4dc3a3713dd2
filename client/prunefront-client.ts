import { setTimeout as sleep } from 'node:timers/promises';
import { PrunefrontError } from '../core/errors.js';
import type { SweepPlan } from '../core/search/plan.js';
import type { SweepEvent } from '../core/sweep/events.js';
import type { StageHeartbeat, SweepProgress } from '../core/sweep/progress.js';
import type { SweepResult } from '../core/sweep/result.js';
import type { ListSweepsResponse__Output } from '../proto/generated/prunefront/v1/ListSweepsResponse.js';
import type { SpecSource } from '../proto/generated/prunefront/v1/SpecSource.js';
import type { SweepListing__Output } from '../proto/generated/prunefront/v1/SweepListing.js';
import type { SweepSnapshot__Output } from '../proto/generated/prunefront/v1/SweepSnapshot.js';
import { NodeClient, ScheduleClient, SweepClient } from '../proto/load.js';
import { CallSender, type Reply } from './call-sender.js';
import { type ClientSecurity, channelCredentials, channelOptions, isTls } from './client-options.js';
import { type Environment, gatewayOf, readSecurity } from './environment.js';
import { NodesClient } from './nodes.js';
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

/** How a sweep is started, beside its spec. */
export interface StartOptions {
  /** Any text of your own, 128 characters at most: the same key with the same request is answered as the first time, for 24 hours. */
  readonly idempotencyKey?: string;
  /** 1 is most urgent, 5 least; 3 without it. */
  readonly priority?: number;
  /** Share of the slots among sweeps of one priority, above 0, at most 1000; 1 without it. */
  readonly weight?: number;
  /** Kind of device whose nodes run the stages, such as `cpu`; the gateway chooses without it. */
  readonly device?: string;
}

/** An event with a sentence for people. */
export type ToldEvent = SweepEvent & { readonly message: string };

/** From which event on, and for how long. */
export interface EventsOptions {
  /** The last number that was seen; 0, for all events, without it. */
  readonly after?: number;
  /** Ends the events. */
  readonly signal?: AbortSignal;
  /** Milliseconds without a connection after which it gives up; a minute without it. */
  readonly giveUpAfterMs?: number;
}

/** Where a gateway listens that was not told. */
const DEFAULT_GATEWAY = '127.0.0.1:7400';
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;
const GIVE_UP_MS = 60_000;

/**
 * A client of a gateway: promises, async iterators and typed errors. Every method throws a PrunefrontError with the gateway's code and facts;
 * `PRUNEFRONT_UNREACHABLE` where nothing answers, `PRUNEFRONT_UNAUTHENTICATED` and `PRUNEFRONT_FORBIDDEN` where it may not call.
 */
export class PrunefrontClient {
  private readonly raw: InstanceType<typeof SweepClient>;
  private readonly sender: CallSender;
  /** The machines that train. */
  readonly nodes: NodesClient;
  /** Schedules of nights and what they published. */
  readonly schedules: SchedulesClient;

  /** @param address - `host:port` of the gateway */
  constructor(
    readonly address: string,
    security: ClientSecurity = {},
  ) {
    const channel = [address, channelCredentials(address, security), channelOptions(address, security)] as const;
    this.sender = new CallSender({ address, tls: isTls(security) });
    this.raw = new SweepClient(...channel);
    this.nodes = new NodesClient(new NodeClient(...channel), this.sender);
    this.schedules = new SchedulesClient(new ScheduleClient(...channel), this.sender);
  }

  /**
   * A client with the variables that the command line has, too: PRUNEFRONT_GATEWAY (127.0.0.1:7400 without it), PRUNEFRONT_TOKEN, and
   * PRUNEFRONT_CA, PRUNEFRONT_CERT and PRUNEFRONT_KEY, which are paths of PEM files.
   * @throws PrunefrontError `PRUNEFRONT_USAGE` where a file cannot be read, or a certificate has no key
   */
  static fromEnvironment(environment: Environment = process.env): PrunefrontClient {
    return new PrunefrontClient(gatewayOf(environment) ?? DEFAULT_GATEWAY, readSecurity({}, environment));
  }

  /** Validates a spec and says what it would cost. */
  async plan(spec: SpecSource): Promise<SweepPlan> {
    const { planJson } = await this.call((reply: Reply<{ planJson: string }>) => this.raw.PlanSweep({ spec }, reply));
    return JSON.parse(planJson) as SweepPlan;
  }

  /** Starts the sweep of a spec, or attaches to the one that this spec started before. */
  start(spec: SpecSource, options: StartOptions = {}): Promise<{ sweepId: string; started: boolean }> {
    return this.call((reply: Reply<{ sweepId: string; started: boolean }>) =>
      this.raw.StartSweep({ spec, ...options }, reply),
    );
  }

  /** Where a sweep is. */
  async status(sweepId: string): Promise<Snapshot> {
    const { snapshot } = await this.call((reply: Reply<{ snapshot: SweepSnapshot__Output | null }>) =>
      this.raw.GetSweep({ sweepId }, reply),
    );
    return decode(snapshot);
  }

  /** All sweeps, newest first. */
  async list(): Promise<readonly SweepListing__Output[]> {
    const found: SweepListing__Output[] = [];
    let pageToken = '';
    do {
      const page = await this.call((reply: Reply<ListSweepsResponse__Output>) =>
        this.raw.ListSweeps({ pageSize: 1000, pageToken }, reply),
      );
      found.push(...page.sweeps);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return found;
  }

  /** Pauses, resumes or cancels a sweep. */
  async command(name: 'pause' | 'resume' | 'cancel', sweepId: string): Promise<void> {
    const request = { sweepId };
    await this.call((reply: Reply<object>) => {
      if (name === 'pause') this.raw.PauseSweep(request, reply);
      else if (name === 'resume') this.raw.ResumeSweep(request, reply);
      else this.raw.CancelSweep(request, reply);
    });
  }

  /** Raises the number of candidates of a running sweep; returns the new one. */
  async raiseBudget(sweepId: string, candidates: number): Promise<number> {
    const answer = await this.call((reply: Reply<{ candidates: number }>) =>
      this.raw.RaiseBudget({ sweepId, candidates }, reply),
    );
    return answer.candidates;
  }

  /** The result of a sweep that has ended. */
  async result(sweepId: string): Promise<SweepResult> {
    const { resultJson } = await this.call((reply: Reply<{ resultJson: string }>) =>
      this.raw.GetFront({ sweepId }, reply),
    );
    return JSON.parse(resultJson) as SweepResult;
  }

  /** Snapshots whenever something changed, until the sweep has ended or the signal fires. */
  async *watch(sweepId: string, signal?: AbortSignal): AsyncGenerator<Snapshot> {
    for await (const { snapshot } of this.sender.stream(() => this.raw.WatchSweep({ sweepId }), signal))
      yield decode(snapshot);
  }

  /**
   * What happens to a sweep, each event once and in order, to its end. Where the connection breaks, or the gateway goes and comes back, it
   * goes on after the last event that was told.
   */
  async *events(sweepId: string, options: EventsOptions = {}): AsyncGenerator<ToldEvent> {
    const { signal, giveUpAfterMs = GIVE_UP_MS } = options;
    let after = options.after ?? 0;
    let lostAtMs: number | null = null;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
      const openedAtMs = Date.now();
      try {
        const request = { sweepId, afterSequence: after };
        for await (const { event } of this.sender.stream(() => this.raw.WatchEvents(request), signal)) {
          if (event === null) continue;
          const told: ToldEvent = { ...(JSON.parse(event.eventJson) as SweepEvent), message: event.message };
          after = told.sequence;
          lostAtMs = null;
          waitMs = FIRST_WAIT_MS;
          yield told;
        }
        return;
      } catch (error) {
        // A first call that finds nobody is a mistake in the address, not a connection that broke.
        if (!isConnectionLost(error) || after === 0) throw error;
        // Where nothing happened for long, the connection held without a word.
        if (Date.now() - openedAtMs > LONGEST_WAIT_MS) lostAtMs = null;
        lostAtMs ??= Date.now();
        if (Date.now() - lostAtMs > giveUpAfterMs) throw error;
      }
      await sleep(waitMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
      if (signal?.aborted === true) return;
    }
  }

  /** The files of a candidate's model. */
  exportCandidate(sweepId: string, candidate: string): Promise<Map<string, Buffer>> {
    return this.sender.collect(this.raw.ExportCandidate({ sweepId, candidate }));
  }

  /** report.html and observations.jsonl. */
  report(sweepId: string): Promise<Map<string, Buffer>> {
    return this.sender.collect(this.raw.GetReport({ sweepId }));
  }

  /** Gives the connection back. */
  close(): void {
    this.raw.close();
    this.nodes.close();
    this.schedules.close();
  }

  private call<T>(send: (reply: Reply<T>) => void): Promise<T> {
    return this.sender.call(send);
  }
}

/** What a gateway refuses has a code of its own; all else happened on the way. */
function isConnectionLost(error: unknown): boolean {
  return !(error instanceof PrunefrontError) || error.code === 'PRUNEFRONT_UNREACHABLE';
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
