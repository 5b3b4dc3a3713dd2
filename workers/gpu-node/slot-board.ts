import type { StageEnd, StageObserver } from '../../activities/index.js';
import type { SlotWork } from '../../core/nodes/node-record.js';
import type { RunStageInput } from '../../core/sweep/progress.js';
import type { StageProgress } from '../../core/sweep/stage.js';

/** What each slot of a node is at, as its stages tell. */
export class SlotBoard implements StageObserver {
  private readonly works = new Map<number, SlotWork>();

  /** What a slot runs; null where it runs nothing. */
  workOf(slot: number): SlotWork | null {
    return this.works.get(slot) ?? null;
  }

  took(): void {
    // It has no slot yet.
  }

  started({ sweep, candidate, label, stage }: RunStageInput, slot: number): void {
    const before = this.works.get(slot);
    if (before?.stageKey === stage.key) return;
    this.works.set(slot, {
      ...{ sweep, candidate, label, stageKey: stage.key },
      ...{ phase: 'load', step: 0, steps: 0, imagesPerSecond: null },
    });
  }

  progressed(_: RunStageInput, slot: number, { phase, step, steps, imagesPerSecond }: StageProgress): void {
    const work = this.works.get(slot);
    if (work !== undefined) this.works.set(slot, { ...work, phase, step, steps, imagesPerSecond });
  }

  ended(_: RunStageInput, slot: number | null, _end: StageEnd): void {
    if (slot !== null) this.works.delete(slot);
  }
}
