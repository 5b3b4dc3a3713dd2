import type { SlotLease, SlotPool } from '../../activities/index.js';
import type { StageProgress } from '../../core/sweep/stage.js';

/** A trainer's message that has not arrived at the client yet. */
interface Sent {
  readonly stageKey: string;
  readonly phase: StageProgress['phase'];
  readonly step: number;
  readonly atMs: number;
}

/** What a heartbeat tells of a stage. */
export type Told = Pick<Sent, 'stageKey' | 'step'> & { readonly phase: string };

/** The slots of a node, with the moment at which each message of a trainer came to the node. */
export class TimedSlots implements SlotPool {
  private readonly underWay = new Map<string, Sent[]>();
  /** Messages of trainers so far. */
  messages = 0;

  constructor(private readonly slots: SlotPool) {}

  async lease(signal: AbortSignal): Promise<SlotLease> {
    const lease = await this.slots.lease(signal);
    return {
      ...lease,
      run: (stage, checkpoint, onProgress, stop) => {
        const sent: Sent[] = [];
        this.underWay.set(stage.key, sent);
        const hear = (progress: StageProgress): void => {
          this.messages += 1;
          sent.push({ stageKey: stage.key, phase: progress.phase, step: progress.step, atMs: performance.now() });
          onProgress(progress);
        };
        return lease.run(stage, checkpoint, hear, stop);
      },
    };
  }

  /** Milliseconds that each message took which a client has caught up with by what it was just told. */
  arrived({ stageKey, phase, step }: Told): number[] {
    const sent = this.underWay.get(stageKey) ?? [];
    const last = sent.findLastIndex((message) => message.phase === phase && message.step === step);
    return sent.splice(0, last + 1).map(({ atMs }) => performance.now() - atMs);
  }
}
