import { setTimeout as sleep } from 'node:timers/promises';
import { NODE_TELLS_EVERY_MS, type NodeRecord, type NodeSlot, type NodeState } from '../../core/nodes/node-record.js';
import type { Readiness } from '../service/readiness.js';
import type { FoundDevice } from './devices.js';
import type { NodeTeller } from './node-teller.js';
import type { SlotBoard } from './slot-board.js';
import type { TrainerSlots } from './slot-pool.js';
import type { SlotPlace } from './slots-of-machine.js';
import type { StageWorkers } from './stage-workers.js';
import type { TrainerMemory } from './trainer-stream.js';

/** The parts of a node. */
export interface NodeParts {
  readonly name: string;
  readonly version: string;
  readonly places: readonly SlotPlace[];
  readonly pools: ReadonlyMap<string, TrainerSlots>;
  readonly workers: StageWorkers;
  readonly teller: NodeTeller;
  readonly board: SlotBoard;
  readonly readiness: Readiness;
  /** Reads the devices as they are now. */
  readDevices(): Promise<readonly FoundDevice[]>;
}

/** A node: takes stages while nobody wants it drained, tells of itself, and hands over what it does when it ends. */
export class GpuNode {
  private state: Exclude<NodeState, 'lost'> = 'starting';
  private readonly startedAt = new Date().toISOString();
  private devices: readonly FoundDevice[];
  private isLooking = false;
  private readonly memories = new Map<number, TrainerMemory>();

  constructor(private readonly parts: NodeParts) {
    this.devices = parts.places.map(({ device }) => device);
  }

  /** What the trainer of each slot held when it was last asked. */
  get trainerMemories(): ReadonlyMap<number, TrainerMemory> {
    return this.memories;
  }

  /** The node as it is. */
  record(): NodeRecord {
    const { name, version, places, pools, workers, board } = this.parts;
    const statuses = [...pools.values()].flatMap((pool) => pool.status());
    const slots = places.map(({ slot, device, threads }): NodeSlot => {
      const status = statuses.find((each) => each.slot === slot);
      return {
        ...{ slot, device: device.device.id, state: status?.state ?? 'closed', work: board.workOf(slot) },
        threads,
        trainerRestarts: status?.trainer.restarts ?? 0,
        trainerResidentBytes: this.memories.get(slot)?.residentBytes ?? 0,
      };
    });
    return {
      ...{ name, version, slots, state: this.state, startedAt: this.startedAt, seenAt: new Date().toISOString() },
      taskQueues: workers.taskQueues,
      devices: [...new Map(this.devices.map(({ device }) => [device.id, device])).values()],
    };
  }

  /**
   * Works until `stop` fires and everything is handed over.
   * @throws where no trainer can be started, or Temporal ends a worker
   */
  async run(stop: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const fail = (error: unknown): void => failed.abort(error);
    const ended = AbortSignal.any([stop, failed.signal]);
    const telling = this.keepTelling(ended, fail);
    try {
      while (!ended.aborted) {
        if (!(await this.isWantedDrained())) await this.work(ended, fail);
        else {
          this.enter('drained', 'it is drained');
          await nextTime(ended);
        }
      }
    } finally {
      this.enter('stopping', 'it is ending');
      await telling;
      await this.leave();
    }
    if (failed.signal.aborted) throw failed.signal.reason;
  }

  /** Hands over what runs, and is no more. */
  private async leave(): Promise<void> {
    const { workers, pools, teller } = this.parts;
    try {
      // One that leaves because of its name has said so.
      await teller.tell(this.record()).catch(() => undefined);
      await workers.close();
    } finally {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
      await teller.leave();
    }
  }

  /** Takes stages until it is wanted drained or has to end; then hands over. */
  private async work(ended: AbortSignal, fail: (error: unknown) => void): Promise<void> {
    const { workers, pools } = this.parts;
    for (const pool of pools.values()) pool.reopen();
    this.enter('starting', 'trainers are starting');
    // Where no trainer can be started, the worker must not go on without them.
    Promise.all([...pools.values()].map((pool) => pool.start())).then(
      () => {
        if (this.state === 'starting') this.enter('ready', null);
      },
      (error: unknown) => {
        if (this.state === 'starting' && !ended.aborted) fail(error);
      },
    );
    const open = await workers.open();
    open.ended.catch(fail);
    while (!ended.aborted && !(await this.isWantedDrained())) await nextTime(ended);
    if (ended.aborted) return;
    this.enter('draining', 'it is draining');
    await workers.close();
  }

  private async isWantedDrained(): Promise<boolean> {
    return (await this.parts.teller.wanted())?.draining === true;
  }

  private enter(state: Exclude<NodeState, 'lost'>, lacks: string | null): void {
    this.state = state;
    this.parts.readiness.set('start', lacks);
  }

  /** Tells every two seconds how the node is. */
  private async keepTelling(ended: AbortSignal, fail: (error: unknown) => void): Promise<void> {
    const { teller } = this.parts;
    while (!ended.aborted) {
      try {
        await teller.tell(this.record());
        void this.look();
      } catch (error) {
        fail(error);
      }
      await nextTime(ended);
    }
  }

  /** Reads what takes its time: drivers, and trainers in the middle of a step. */
  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      const statuses = [...this.parts.pools.values()].flatMap((pool) => pool.status());
      await Promise.all([
        this.parts.readDevices().then((devices) => {
          this.devices = devices;
        }),
        ...statuses.map(async ({ slot, trainer }) => this.memories.set(slot, await trainer.memory())),
      ]);
    } finally {
      this.isLooking = false;
    }
  }
}

/** Waits until it is time to tell again, or the end. */
async function nextTime(ended: AbortSignal): Promise<void> {
  await sleep(NODE_TELLS_EVERY_MS, undefined, { signal: ended }).catch(() => undefined);
}
