import { type NativeConnection, Worker } from '@temporalio/worker';
import { createRunStage, type StageObserver } from '../../activities/index.js';
import { stageQueueOf } from '../../core/nodes/node-record.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import type { TemporalSettings } from '../service/temporal-settings.js';
import type { TrainerSlots } from './slot-pool.js';

/** What the workers of a node need. */
export interface StageWorkersOptions {
  readonly connection: NativeConnection;
  readonly temporal: TemporalSettings;
  readonly store: ArtifactStore;
  readonly node: string;
  readonly observer: StageObserver;
  /** Slots by kind of device. */
  readonly pools: ReadonlyMap<string, TrainerSlots>;
  readonly drainMs: number;
}

/** Milliseconds that the end of a stage may take to reach Temporal after its trainer is gone. */
const REPORT_MS = 4000;
/** Milliseconds in which a stage whose trainer was ended says so itself; then Temporal's worker takes it back. */
const LAST_WORD_MS = 1000;

/** The Temporal workers of a node: one for each kind of device, on the task queue of that kind, with as many stages at once as it has slots. */
export class StageWorkers {
  private workers: readonly Worker[] = [];
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: StageWorkersOptions) {}

  /** Task queues that it takes stages from. */
  get taskQueues(): string[] {
    return [...this.options.pools.keys()].map(stageQueueOf);
  }

  /**
   * Takes stages from now on.
   * @returns what ends when they all have: after `close`, or with the error that ended one
   */
  async open(): Promise<{ readonly ended: Promise<void> }> {
    const { connection, temporal, store, node, observer, pools, drainMs } = this.options;
    this.workers = await Promise.all(
      [...pools].map(([kind, slots]) =>
        Worker.create({
          ...temporal.client,
          connection,
          taskQueue: stageQueueOf(kind),
          identity: `worker@${node}:${process.pid}`,
          activities: { runStage: createRunStage({ store, slots, node, observer }) },
          maxConcurrentActivityTaskExecutions: slots.size,
          maxHeartbeatThrottleInterval: '1s',
          defaultHeartbeatThrottleInterval: '1s',
          // Stages are told to hand over by the slots; only one that does not hear it is cancelled.
          shutdownGraceTime: drainMs + LAST_WORD_MS,
          shutdownForceTime: drainMs + REPORT_MS,
        }),
      ),
    );
    this.running = Promise.all(this.workers.map((worker) => worker.run())).then(() => undefined);
    // Who closes waits for it, too, and hears of it there.
    this.running.catch(() => undefined);
    return { ended: this.running };
  }

  /**
   * Takes no stage any more, and has those that run handed over: what is not within the time loses the work since its last checkpoint.
   */
  async close(): Promise<void> {
    const { pools, drainMs } = this.options;
    for (const worker of this.workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    const slots = [...pools.values()];
    const late = setTimeout(() => void Promise.all(slots.map((pool) => pool.rest())), drainMs);
    try {
      await Promise.all(slots.map((pool) => pool.handOver()));
      await this.running;
    } finally {
      clearTimeout(late);
      this.workers = [];
    }
    await Promise.all(slots.map((pool) => pool.rest()));
  }
}
