import { condition, isCancellation } from '@temporalio/workflow';
import type { ErrorCode } from '../core/errors.js';
import type { StageActivities } from '../core/sweep/activities.js';
import { denseChain } from '../core/sweep/folds.js';
import type { CandidateOutcome, StageResult } from '../core/sweep/observation.js';
import type { SweepInput } from '../core/sweep/progress.js';
import type { Candidate, Stage } from '../core/sweep/stage.js';
import { causeOf } from './cause.js';
import { orchestrator, stageActivities } from './proxies.js';
import type { Sweep } from './sweep-state.js';

/** Times that damaged artifacts are made again before it counts as a failure. */
export const REPAIRS = 3;

/** Causes that no other stage would escape. */
const PLACE_AT_FAULT: ReadonlySet<ErrorCode> = new Set(['PRUNEFRONT_STORE_FULL', 'PRUNEFRONT_STORE_READ_ONLY']);
/** Causes that go away once what the stage builds on is made again. */
const DAMAGE: ReadonlySet<ErrorCode> = new Set(['PRUNEFRONT_ARTIFACT_MISSING', 'PRUNEFRONT_ARTIFACT_CORRUPT']);

/** For whom a stage is run, as people see it. */
type About = Pick<Candidate, 'id' | 'label'>;

/** Whether an error is for the whole sweep, not for the candidate that met it: a cancellation, or a store that takes nothing. */
export function concernsSweep(error: unknown): boolean {
  return isCancellation(error) || PLACE_AT_FAULT.has(causeOf(error).code);
}

/** Runs stages, each key once: whoever asks while it runs or after it gets the same result. */
export class StageRunner {
  private readonly results = new Map<string, Promise<StageResult>>();
  private readonly running = new Set<string>();
  /** Stages of candidates that have begun. */
  private readonly begun = new Set<string>();
  private readonly activities: StageActivities;

  constructor(
    private readonly sweep: Sweep,
    input: SweepInput,
  ) {
    this.activities = stageActivities(input);
  }

  /** Stages that are scheduled or wait for the end of a pause. */
  get inFlight(): number {
    return this.running.size;
  }

  /** Counts the stages of candidates that will be run, without those that other ones run. */
  expect(candidates: readonly Candidate[]): void {
    const keys = candidates.flatMap(({ stages }) => stages.map(({ key }) => key));
    this.sweep.stagesWait(keys.filter((key) => !this.results.has(key)));
  }

  /** Runs what makes the dense model; in cross-validation the baselines of all folds at once, then what they are together. */
  async dense(baseline: Stage, about: About): Promise<StageResult> {
    const chain = denseChain(baseline);
    const folds = chain.slice(0, -1);
    this.sweep.stagesWait(chain.map(({ key }) => key));
    await Promise.all(folds.map((stage) => this.run(stage, [], about)));
    return this.run(baseline, folds, about);
  }

  /** Runs a candidate's chain of stages; a stage that cannot work fails this candidate and nothing else. */
  async candidate(baseline: Stage, { id, label, stages }: Candidate): Promise<CandidateOutcome> {
    let last: StageResult | null = null;
    const dense = denseChain(baseline);
    this.sweep.stagesSaved(stages.filter(({ key }) => this.begun.has(key)).length);
    for (const { key } of stages) this.begun.add(key);
    for (const [i, stage] of stages.entries()) {
      try {
        last = await this.run(stage, [...dense, ...stages.slice(0, i)], { id, label });
      } catch (error) {
        if (concernsSweep(error)) throw error;
        this.sweep.stagesDrop(stages.slice(i).map(({ key }) => key));
        return { id, label, status: 'failed', stageKey: stage.key, cause: causeOf(error) };
      }
    }
    if (last === null) throw new Error(`candidate ${id} has no stages`);
    return { id, label, status: 'ok', stageKey: last.stageKey, summary: last.summary };
  }

  /** Runs one stage; where what it builds on is damaged or gone, makes that again first. */
  async run(stage: Stage, ancestors: readonly Stage[], about: About): Promise<StageResult> {
    for (let repairs = 0; ; repairs++) {
      try {
        return await this.once(stage, about);
      } catch (error) {
        if (isCancellation(error) || !DAMAGE.has(causeOf(error).code) || repairs === REPAIRS) throw error;
        await this.remake(ancestors, about);
      }
    }
  }

  /** Runs a chain again, first to last: what is whole in the store is taken from there. */
  async remake(chain: readonly Stage[], about: About): Promise<void> {
    await orchestrator.prepareSweep(this.sweep.sources);
    for (const [i, stage] of chain.entries()) {
      // Another candidate may be making it at this moment.
      if (!this.running.has(stage.key)) this.results.delete(stage.key);
      await this.run(stage, chain.slice(0, i), about);
    }
  }

  private once(stage: Stage, about: About): Promise<StageResult> {
    const known = this.results.get(stage.key);
    if (known !== undefined) return known;
    const result = this.start(stage, about);
    this.results.set(stage.key, result);
    return result;
  }

  private async start(stage: Stage, about: About): Promise<StageResult> {
    this.running.add(stage.key);
    try {
      await condition(() => !this.sweep.isPaused);
      return await this.schedule(stage, about);
    } catch (error) {
      // A candidate at fault would fail again; what was damaged or cancelled may work the next time.
      if (isCancellation(error) || DAMAGE.has(causeOf(error).code)) this.results.delete(stage.key);
      throw error;
    } finally {
      this.running.delete(stage.key);
    }
  }

  private async schedule(stage: Stage, { id, label }: About): Promise<StageResult> {
    this.sweep.stageStarts(stage.key);
    try {
      const result = await this.activities.runStage({ sweep: this.sweep.spec.name, candidate: id, label, stage });
      this.sweep.stageEnds(result.reused ? 'reused' : 'ended');
      return result;
    } catch (error) {
      this.sweep.stageEnds(isCancellation(error) ? 'cancelled' : 'ended');
      throw error;
    }
  }
}
