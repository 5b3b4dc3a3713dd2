import type { SlotLease, SlotPool } from '../../activities/index.js';
import type { StageProgress } from '../../core/sweep/stage.js';

/** A trainer's message. */
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
  private readonly sent = new Map<string, Sent[]>();
  /** Messages of trainers so far. */
  messages = 0;

  constructor(private readonly slots: SlotPool) {}

  async lease(signal: AbortSignal): Promise<SlotLease> {
    const lease = await this.slots.lease(signal);
    return {
      ...lease,
      run: (stage, checkpoint, onProgress, stop) => {
        const sent: Sent[] = [];
        this.sent.set(stage.key, sent);
        const hear = (progress: StageProgress): void => {
          this.messages += 1;
          sent.push({ stageKey: stage.key, phase: progress.phase, step: progress.step, atMs: performance.now() });
          onProgress(progress);
        };
        return lease.run(stage, checkpoint, hear, stop);
      },
    };
  }

  /** Someone who is told of stages. */
  listener(): Listener {
    return new Listener((stageKey) => this.sent.get(stageKey) ?? []);
  }
}

/** Someone who is told of stages, with the time that each message took to come. */
export class Listener {
  /** Milliseconds, message by message. */
  readonly latencies: number[] = [];
  private readonly heard = new Map<string, number>();

  constructor(private readonly sentOf: (stageKey: string) => readonly Sent[]) {}

  /** Takes what it was just told, which catches up with every message up to it. */
  hear({ stageKey, phase, step }: Told): void {
    const sent = this.sentOf(stageKey);
    const last = sent.findLastIndex((message) => message.phase === phase && message.step === step);
    const from = this.heard.get(stageKey) ?? 0;
    if (last < from) return;
    this.latencies.push(...sent.slice(from, last + 1).map(({ atMs }) => performance.now() - atMs));
    this.heard.set(stageKey, last + 1);
  }
}
