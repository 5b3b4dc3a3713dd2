import { condition, isCancellation } from '@temporalio/workflow';
import type { StageActivities } from '../core/sweep/activities.js';
import type { CandidateOutcome, StageResult } from '../core/sweep/observation.js';
import type { Candidate, Stage } from '../core/sweep/stage.js';
import { causeOf } from './cause.js';
import { orchestrator, stageActivities } from './proxies.js';
import type { Sweep } from './sweep-state.js';

/** Times that a damaged ancestor is made again before its candidate fails. */
const REPAIRS = 3;

/** Runs stages, each key once: whoever asks while it runs or after it, gets the same result. */
export class StageRunner {
  private readonly results = new Map<string, Promise<StageResult>>();
  private readonly activities: StageActivities;

  constructor(
    private readonly sweep: Sweep,
    stageTaskQueue: string,
  ) {
    this.activities = stageActivities(stageTaskQueue);
  }

  /** Runs a candidate's chain of stages; a stage that cannot work fails this candidate and nothing else. */
  async candidate(baseline: Stage, { id, label, stages }: Candidate): Promise<CandidateOutcome> {
    const ancestors: Stage[] = [baseline];
    let last: StageResult | null = null;
    for (const stage of stages) {
      try {
        last = await this.run(stage, ancestors, { id, label });
      } catch (error) {
        if (isCancellation(error)) throw error;
        return { id, label, status: 'failed', stageKey: stage.key, cause: causeOf(error) };
      }
      ancestors.push(stage);
    }
    if (last === null) return { id, label, status: 'failed', stageKey: baseline.key, cause: { code: 'PRUNEFRONT_INTERNAL', message: 'A candidate without stages' } };
    return { id, label, status: 'ok', stageKey: last.stageKey, summary: last.summary };
  }

  /** Runs one stage; where an ancestor's artifact is damaged or gone, makes it again first. */
  async run(stage: Stage, ancestors: readonly Stage[], about: { readonly id: string; readonly label: string }): Promise<StageResult> {
    for (let repairs = 0; ; repairs++) {
      try {
        return await this.once(stage, about);
      } catch (error) {
        const damaged = causeOf(error).code === 'PRUNEFRONT_ARTIFACT_MISSING' || causeOf(error).code === 'PRUNEFRONT_ARTIFACT_CORRUPT';
        if (!damaged || repairs === REPAIRS || isCancellation(error)) throw error;
        this.results.delete(stage.key);
        await orchestrator.prepareSweep({ spec: this.sweep.spec });
        for (const [i, ancestor] of ancestors.entries()) {
          this.results.delete(ancestor.key);
          await this.run(ancestor, ancestors.slice(0, i), about);
        }
      }
    }
  }

  private once(stage: Stage, { id, label }: { readonly id: string; readonly label: string }): Promise<StageResult> {
    const known = this.results.get(stage.key);
    if (known !== undefined) return known;
    const result = this.start(stage, id, label);
    this.results.set(stage.key, result);
    // A failed stage may be asked for again once its ancestors are repaired.
    result.catch(() => this.results.delete(stage.key));
    return result;
  }

  private async start(stage: Stage, candidate: string, label: string): Promise<StageResult> {
    await condition(() => !this.sweep.isPaused);
    this.sweep.stageStarts();
    let reused = false;
    try {
      const result = await this.activities.runStage({ candidate, label, stage });
      reused = result.reused;
      return result;
    } finally {
      this.sweep.stageEnds(reused);
    }
  }
}
