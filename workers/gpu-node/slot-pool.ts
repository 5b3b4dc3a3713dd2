import type { SlotLease, SlotPool } from '../../activities/index.js';
import { TrainerProcess, type TrainerSettings } from './trainer-process.js';

/** The slots of this node, each with a trainer process of its own, handed out one stage at a time. */
export class TrainerSlots implements SlotPool {
  private readonly trainers: readonly TrainerProcess[];
  private readonly free: number[];
  private readonly waiting: ((slot: number) => void)[] = [];

  constructor(settings: readonly TrainerSettings[]) {
    this.trainers = settings.map((each) => new TrainerProcess(each));
    this.free = settings.map((_, slot) => slot);
  }

  /** Starts all trainers, so that the first stages need not wait. */
  async start(): Promise<void> {
    await Promise.all(this.trainers.map((trainer) => trainer.ready()));
  }

  async lease(signal: AbortSignal): Promise<SlotLease> {
    const slot = this.free.shift() ?? (await this.wait(signal));
    const trainer = this.trainers[slot];
    if (trainer === undefined) throw new Error(`there is no slot ${slot}`);
    let released = false;
    return {
      slot,
      ready: () => trainer.ready(),
      run: (stage, checkpoint, onProgress, stop) => trainer.run(stage, checkpoint, onProgress, stop),
      release: () => {
        if (released) return;
        released = true;
        const next = this.waiting.shift();
        if (next === undefined) this.free.push(slot);
        else next(slot);
      },
    };
  }

  /** Ends all trainers. */
  async stop(): Promise<void> {
    await Promise.all(this.trainers.map((trainer) => trainer.stop()));
  }

  private wait(signal: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const take = (slot: number): void => {
        signal.removeEventListener('abort', leave);
        resolve(slot);
      };
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(take), 1);
        reject(signal.reason);
      };
      this.waiting.push(take);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
