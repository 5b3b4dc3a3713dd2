import { NodeDrains, type SlotLease, type SlotPool, type TrainerOutcome } from '../../activities/index.js';
import type { SlotState } from '../../core/nodes/node-record.js';
import type { Stage, StageProgress } from '../../core/sweep/stage.js';
import { TrainerProcess, type TrainerSettings } from './trainer-process.js';

/** A slot's number on its node, and how its trainer is started. */
export interface TrainerSlotSettings extends TrainerSettings {
  readonly slot: number;
}

/** One slot as it is. */
export interface SlotStatus {
  readonly slot: number;
  readonly state: SlotState;
  readonly trainer: TrainerProcess;
}

interface Waiting {
  take(place: Place): void;
  refuse(reason: Error): void;
}

interface Place {
  readonly slot: number;
  readonly trainer: TrainerProcess;
  isHeld: boolean;
}

const DRAINS = 'the node drains';

/** Slots of this node, each with a trainer process of its own, handed out one stage at a time. */
export class TrainerSlots implements SlotPool {
  private readonly places: readonly Place[];
  private readonly free: Place[];
  private readonly waiting: Waiting[] = [];
  private isOpen = true;
  private isKilled = false;

  constructor(settings: readonly TrainerSlotSettings[]) {
    this.places = settings.map((each) => ({ slot: each.slot, trainer: new TrainerProcess(each), isHeld: false }));
    this.free = [...this.places];
  }

  /** Slots in all. */
  get size(): number {
    return this.places.length;
  }

  /** Starts all trainers, so that the first stages need not wait. */
  async start(): Promise<void> {
    await Promise.all(this.places.map(({ trainer }) => trainer.ready()));
  }

  async lease(signal: AbortSignal): Promise<SlotLease> {
    if (!this.isOpen) throw new NodeDrains(DRAINS);
    signal.throwIfAborted();
    const place = this.free.shift() ?? (await this.wait(signal));
    place.isHeld = true;
    let released = false;
    return {
      slot: place.slot,
      ready: () => this.ready(place),
      run: (stage, checkpoint, onProgress, stop) => this.run(place, stage, checkpoint, onProgress, stop),
      release: () => {
        if (released) return;
        released = true;
        place.isHeld = false;
        const next = this.waiting.shift();
        if (next === undefined) this.free.push(place);
        else next.take(place);
      },
    };
  }

  /** Takes no stage any more, and asks those that run to stop where they are. */
  async handOver(): Promise<void> {
    this.isOpen = false;
    for (const { refuse } of this.waiting.splice(0)) refuse(new NodeDrains(DRAINS));
    await Promise.all(this.places.map(({ trainer }) => trainer.handOver()));
  }

  /** Ends the trainers of a pool that hands over: what still runs goes on from its last checkpoint. */
  async rest(): Promise<void> {
    this.isKilled = true;
    await Promise.all(this.places.map(({ trainer }) => trainer.rest()));
  }

  /** Takes stages again. */
  reopen(): void {
    this.isOpen = true;
    this.isKilled = false;
  }

  /** What each slot does. */
  status(): SlotStatus[] {
    return this.places.map(({ slot, trainer, isHeld }) => {
      const idle: SlotState = this.isOpen ? 'free' : 'closed';
      return { slot, trainer, state: trainer.isStarting ? 'starting' : isHeld ? 'busy' : idle };
    });
  }

  /** Kills all trainers without waiting. */
  abandon(): void {
    for (const { trainer } of this.places) trainer.abandon();
  }

  /** Ends all trainers. */
  async stop(): Promise<void> {
    this.isOpen = false;
    await Promise.all(this.places.map(({ trainer }) => trainer.stop()));
  }

  private async ready({ trainer }: Place): Promise<void> {
    if (!this.isOpen) throw new NodeDrains(DRAINS);
    try {
      await trainer.ready();
    } catch (error) {
      // A trainer that was ended while it started says nothing about this node.
      throw this.isOpen ? error : new NodeDrains(DRAINS);
    }
  }

  private async run(
    { trainer }: Place,
    stage: Stage,
    checkpoint: string | null,
    onProgress: (progress: StageProgress) => void,
    stop: AbortSignal,
  ): Promise<TrainerOutcome> {
    if (!this.isOpen) return { kind: 'handedOver', checkpoint };
    const outcome = await trainer.run(stage, checkpoint, onProgress, stop);
    return outcome.kind === 'lost' && this.isKilled ? { kind: 'handedOver', checkpoint: null } : outcome;
  }

  private wait(signal: AbortSignal): Promise<Place> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        reject(signal.reason);
      };
      const waiting: Waiting = {
        take: (place) => {
          signal.removeEventListener('abort', leave);
          resolve(place);
        },
        refuse: (reason) => {
          signal.removeEventListener('abort', leave);
          reject(reason);
        },
      };
      this.waiting.push(waiting);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
