import type { ErrorData } from '../core/errors.js';
import { frontOf } from '../core/evaluation/pareto/front.js';
import type { CandidateOutcome } from '../core/sweep/observation.js';
import type {
  CarriedState,
  FrontPoint,
  Selection,
  SweepInput,
  SweepProgress,
  SweepState,
} from '../core/sweep/progress.js';
import type { EventLog } from './event-log.js';

/** Where a sweep is on its way; being paused is no place on it. */
export type Phase = Exclude<SweepState, 'paused'>;

const FAILURES_SHOWN = 5;
const CHANGEABLE: ReadonlySet<Phase> = new Set(['preparing', 'baseline', 'searching']);

/** The state of one sweep: plain values. What changes it is an event. */
export class Sweep {
  private phase: Phase;
  private paused: boolean;
  private cancelled = false;
  private budget: number;
  private ok: number;
  private failed: number;
  private space: number;
  private stagesDone: number;
  private stagesReused: number;
  private stagesShared: number;
  private stagesInFlight = 0;
  private readonly stagesWaiting = new Set<string>();
  private failures: SweepProgress['failures'];
  private failuresByCause: SweepProgress['failuresByCause'];
  private lastProgressAtMs: number;
  private selected: Selection | null = null;
  private error: ErrorData | null = null;
  private frontPoints: readonly FrontPoint[];
  private dense: FrontPoint | null;
  readonly startedAtMs: number;
  /** Candidates asked for so far. */
  cursor: number;
  /** Blob key of the prepared data set. */
  dataset: string | null;

  /** @param runStartedAtMs - start of this run of the workflow; a sweep that was carried on started earlier */
  constructor(
    private readonly input: SweepInput,
    runStartedAtMs: number,
    readonly events: EventLog,
  ) {
    const { carried, spec } = input;
    this.phase = carried === undefined ? 'preparing' : 'searching';
    this.paused = carried?.paused ?? false;
    this.budget = carried?.budget ?? spec.budget.candidates;
    this.cursor = carried?.cursor ?? 0;
    this.ok = carried?.counts.ok ?? 0;
    this.failed = carried?.counts.failed ?? 0;
    this.space = carried?.counts.total ?? 0;
    this.stagesDone = carried?.stages.done ?? 0;
    this.stagesReused = carried?.stages.reused ?? 0;
    this.stagesShared = carried?.stages.shared ?? 0;
    this.failures = carried?.failures ?? [];
    this.failuresByCause = carried?.failuresByCause ?? {};
    this.frontPoints = carried?.front ?? [];
    this.dense = carried?.baseline ?? null;
    this.dataset = carried?.dataset ?? null;
    this.startedAtMs = carried?.startedAtMs ?? runStartedAtMs;
    this.lastProgressAtMs = carried?.lastProgressAtMs ?? runStartedAtMs;
    if (carried === undefined) events.add({ kind: 'started', name: spec.name });
  }

  get spec(): SweepInput['spec'] {
    return this.input.spec;
  }

  /** What is put into the store before anything is run. */
  get sources(): Pick<SweepInput, 'spec' | 'model'> {
    const { spec, model } = this.input;
    return model === undefined ? { spec } : { spec, model };
  }

  get state(): SweepState {
    return this.paused ? 'paused' : this.phase;
  }

  get isPaused(): boolean {
    return this.paused;
  }

  get isCancelled(): boolean {
    return this.cancelled;
  }

  /** Whether the search still takes messages that change it. */
  get takesChanges(): boolean {
    return !this.cancelled && CHANGEABLE.has(this.phase);
  }

  /** Whether there is still something to cancel: the search, or then the scoring of what it found. */
  get takesCancel(): boolean {
    return this.takesChanges || this.phase === 'scoring';
  }

  get front(): readonly FrontPoint[] {
    return this.frontPoints;
  }

  get selection(): Selection | null {
    return this.selected;
  }

  get baseline(): FrontPoint | null {
    return this.dense;
  }

  /** Candidates that the budget and the space allow in all. */
  get total(): number {
    return Math.min(this.budget, this.space);
  }

  /** Candidates that may still be asked for. */
  get toAsk(): number {
    return Math.max(0, this.total - this.cursor);
  }

  get candidatesAllowed(): number {
    return this.budget;
  }

  /** Fraction of candidates that have ended, 0 to 1. */
  get fraction(): number {
    if (this.phase === 'done') return 1;
    return this.total === 0 ? 0 : (this.ok + this.failed) / this.total;
  }

  /** Goes on to a phase. After the search nothing is paused, because nothing could resume it. */
  enter(phase: Phase): void {
    this.phase = phase;
    if (!CHANGEABLE.has(phase)) this.paused = false;
    if (phase === 'done' || phase === 'cancelled' || phase === 'failed')
      this.events.add({ kind: 'ended', state: phase, error: this.error });
    else this.events.add({ kind: 'stateChanged', state: this.state });
  }

  setSpace(size: number): void {
    this.space = size;
  }

  pause(): void {
    this.setPaused(true);
  }

  resume(): void {
    this.setPaused(false);
  }

  cancel(): void {
    this.cancelled = true;
    this.paused = false;
  }

  raiseBudget(candidates: number): void {
    this.budget = candidates;
    this.events.add({ kind: 'budgetRaised', candidates });
  }

  fail(error: ErrorData): void {
    this.error = error;
    this.enter('failed');
  }

  select(selection: Selection): void {
    this.selected = selection;
    this.events.add({ kind: 'selected', selection });
  }

  setBaseline(point: FrontPoint): void {
    this.dense = point;
    this.frontPoints = frontOf([point], this.spec.objectives);
    this.events.add({ kind: 'baselineMeasured', point });
  }

  /** Stages that are known and will be started; each counts once, whoever asks for it. */
  stagesWait(keys: readonly string[]): void {
    for (const key of keys) this.stagesWaiting.add(key);
  }

  /** Stages that will not be started, because one before them cannot work. */
  stagesDrop(keys: readonly string[]): void {
    for (const key of keys) this.stagesWaiting.delete(key);
  }

  /** Stages of a candidate that another one has too, and that are run once. */
  stagesSaved(count: number): void {
    this.stagesShared += count;
  }

  stageStarts(key: string): void {
    this.stagesWaiting.delete(key);
    this.stagesInFlight += 1;
  }

  /** A stage is no longer in flight: it has ended, was in the store already, or was taken back. */
  stageEnds(how: 'ended' | 'reused' | 'cancelled'): void {
    this.stagesInFlight -= 1;
    if (how === 'cancelled') return;
    this.stagesDone += 1;
    this.lastProgressAtMs = Date.now();
    if (how === 'reused') this.stagesReused += 1;
  }

  candidateEnds(outcome: CandidateOutcome): void {
    if (outcome.status === 'failed') {
      this.failed += 1;
      const { code } = outcome.cause;
      this.failuresByCause = { ...this.failuresByCause, [code]: (this.failuresByCause[code] ?? 0) + 1 };
      this.showFailure(outcome);
      this.events.add({ kind: 'candidateFailed', id: outcome.id, label: outcome.label, cause: outcome.cause });
      return;
    }
    this.ok += 1;
    const { id, label, stageKey, summary } = outcome;
    const point = { id, label, stageKey, summary };
    this.frontPoints = frontOf([...this.frontPoints, point], this.spec.objectives);
    this.events.add({ kind: 'candidateEnded', point, onFront: this.frontPoints.includes(point) });
  }

  /** Shows what went wrong; the newest comes first. */
  showFailure({ id, label, cause }: SweepProgress['failures'][number]): void {
    this.failures = [{ id, label, cause }, ...this.failures].slice(0, FAILURES_SHOWN);
  }

  /** Puts a member of the front, or the dense model, in its final form, with its test score. */
  score(point: FrontPoint): void {
    this.frontPoints = this.frontPoints.map((member) => (member.id === point.id ? point : member));
    if (this.dense?.id === point.id) this.dense = point;
  }

  progress(): SweepProgress {
    const { objectives, constraints, select } = this.spec;
    return {
      sweepId: this.input.sweepId,
      name: this.spec.name,
      state: this.state,
      candidates: { ok: this.ok, failed: this.failed, proposed: this.cursor, total: this.total },
      stages: {
        done: this.stagesDone,
        reused: this.stagesReused,
        inFlight: this.stagesInFlight,
        waiting: this.stagesWaiting.size,
        shared: this.stagesShared,
      },
      budget: this.budget,
      baseline: this.dense,
      front: this.frontPoints,
      failures: this.failures,
      failuresByCause: this.failuresByCause,
      selected: this.selected,
      policy: { objectives, constraints, select },
      startedAtMs: this.startedAtMs,
      lastProgressAtMs: this.lastProgressAtMs,
      wallClockMs: this.spec.budget.wallClockMs,
      events: this.events.newest,
      error: this.error,
    };
  }

  /** What continue-as-new hands on; null before there is a dense model. */
  carry(): CarriedState | null {
    if (this.dense === null || this.dataset === null) return null;
    return {
      cursor: this.cursor,
      counts: { ok: this.ok, failed: this.failed, proposed: this.cursor, total: this.total },
      budget: this.budget,
      paused: this.paused,
      startedAtMs: this.startedAtMs,
      dataset: this.dataset,
      baseline: this.dense,
      front: this.frontPoints,
      stages: { done: this.stagesDone, reused: this.stagesReused, shared: this.stagesShared },
      failures: this.failures,
      failuresByCause: this.failuresByCause,
      lastProgressAtMs: this.lastProgressAtMs,
      events: this.events.newest,
    };
  }

  private setPaused(paused: boolean): void {
    if (paused === this.paused) return;
    this.paused = paused;
    this.events.add({ kind: 'stateChanged', state: this.state });
  }
}
