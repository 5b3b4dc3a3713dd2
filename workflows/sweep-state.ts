import type { ErrorData } from '../core/errors.js';
import { frontOf } from '../core/evaluation/pareto/front.js';
import type { CandidateOutcome } from '../core/sweep/observation.js';
import type { CarriedState, FrontPoint, Selection, SweepInput, SweepProgress, SweepState } from '../core/sweep/progress.js';

const FAILURES_SHOWN = 5;

/** The state of one sweep: plain values, no Temporal. */
export class Sweep {
  private phase: Exclude<SweepState, 'paused'> = 'preparing';
  private paused: boolean;
  private cancelled = false;
  private budget: number;
  private ok: number;
  private failed: number;
  private space = 0;
  private stagesDone = 0;
  private stagesReused = 0;
  private stagesInFlight = 0;
  private stagesWaiting = 0;
  private failures: SweepProgress['failures'] = [];
  private selected: Selection | null = null;
  private error: ErrorData | null = null;
  private frontPoints: readonly FrontPoint[];
  private dense: FrontPoint | null;
  /** Candidates asked for so far. */
  cursor: number;
  dataset: string | null;

  constructor(
    private readonly input: SweepInput,
    private readonly startedAtMs: number,
  ) {
    const { carried, spec } = input;
    this.paused = carried?.paused ?? false;
    this.budget = carried?.budget ?? spec.budget.candidates;
    this.cursor = carried?.cursor ?? 0;
    this.ok = carried?.counts.ok ?? 0;
    this.failed = carried?.counts.failed ?? 0;
    this.frontPoints = carried?.front ?? [];
    this.dense = carried?.baseline ?? null;
    this.dataset = carried?.dataset ?? null;
  }

  get state(): SweepState {
    return this.paused && (this.phase === 'searching' || this.phase === 'baseline' || this.phase === 'preparing') ? 'paused' : this.phase;
  }

  get spec(): SweepInput['spec'] {
    return this.input.spec;
  }

  get isPaused(): boolean {
    return this.paused;
  }

  get isCancelled(): boolean {
    return this.cancelled;
  }

  get hasEnded(): boolean {
    return this.phase === 'done' || this.phase === 'cancelled' || this.phase === 'failed';
  }

  /** Whether the search still takes messages that change it. */
  get takesChanges(): boolean {
    return !this.cancelled && (this.phase === 'preparing' || this.phase === 'baseline' || this.phase === 'searching');
  }

  get front(): readonly FrontPoint[] {
    return this.frontPoints;
  }

  get baseline(): FrontPoint | null {
    return this.dense;
  }

  /** Candidates that the budget and the space still allow to ask for. */
  get toAsk(): number {
    return Math.max(0, this.total - this.cursor);
  }

  get total(): number {
    return Math.min(this.budget, this.space);
  }

  get candidatesAllowed(): number {
    return this.budget;
  }

  get spaceSize(): number {
    return this.space;
  }

  enter(phase: Exclude<SweepState, 'paused'>): void {
    this.phase = phase;
  }

  setSpace(size: number): void {
    this.space = size;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  cancel(): void {
    this.cancelled = true;
    this.paused = false;
  }

  raiseBudget(candidates: number): void {
    this.budget = candidates;
  }

  fail(error: ErrorData): void {
    this.error = error;
    this.phase = 'failed';
  }

  select(selection: Selection): void {
    this.selected = selection;
  }

  setBaseline(point: FrontPoint): void {
    this.dense = point;
    this.frontPoints = frontOf([point], this.input.spec.objectives);
  }

  stageWaits(count: number): void {
    this.stagesWaiting += count;
  }

  stageStarts(): void {
    this.stagesWaiting = Math.max(0, this.stagesWaiting - 1);
    this.stagesInFlight += 1;
  }

  stageEnds(reused: boolean): void {
    this.stagesInFlight -= 1;
    this.stagesDone += 1;
    if (reused) this.stagesReused += 1;
  }

  candidateEnds(outcome: CandidateOutcome): void {
    if (outcome.status === 'failed') {
      this.failed += 1;
      this.failures = [{ id: outcome.id, label: outcome.label, cause: outcome.cause }, ...this.failures].slice(0, FAILURES_SHOWN);
      return;
    }
    this.ok += 1;
    const { id, label, stageKey, summary } = outcome;
    this.frontPoints = frontOf([...this.frontPoints, { id, label, stageKey, summary }], this.input.spec.objectives);
  }

  /** Puts the front in its final form, with test scores. */
  scoreFront(points: readonly FrontPoint[]): void {
    const scored = new Map(points.map((point) => [point.id, point]));
    this.frontPoints = this.frontPoints.map((point) => scored.get(point.id) ?? point);
    this.dense = scored.get('dense') ?? this.dense;
  }

  /** Fraction of candidates that have ended, 0 to 1. */
  get fraction(): number {
    return this.hasEnded ? 1 : this.total === 0 ? 0 : (this.ok + this.failed) / this.total;
  }

  progress(): SweepProgress {
    return {
      sweepId: this.input.sweepId,
      name: this.input.spec.name,
      state: this.state,
      candidates: { ok: this.ok, failed: this.failed, proposed: this.cursor, total: this.total },
      stages: { done: this.stagesDone, reused: this.stagesReused, inFlight: this.stagesInFlight, waiting: this.stagesWaiting },
      budget: this.budget,
      baseline: this.dense,
      front: this.frontPoints,
      failures: this.failures,
      selected: this.selected,
      startedAtMs: this.startedAtMs,
      error: this.error,
    };
  }

  /** What continue-as-new hands on. */
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
    };
  }
}
