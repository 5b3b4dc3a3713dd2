import type { ErrorData } from '../core/errors.js';
import type { NightlyInput, PickedNight } from '../core/nightly/activities.js';
import type { FrontComparison } from '../core/nightly/compare-fronts.js';
import type { NightCandidate, NightOpponent, NightOutcome, NightRecord } from '../core/nightly/night.js';
import type { StageResult } from '../core/sweep/observation.js';
import type { FrontPoint, SweepProgress } from '../core/sweep/progress.js';

/** What is known of a night so far: plain values, no Temporal. */
export class Night {
  private picked: PickedNight | null = null;
  private candidate: NightCandidate | null = null;
  private published: NightOpponent | null = null;
  private fronts: FrontComparison | null = null;
  private stagesRun = 0;
  private stagesReused = 0;
  private outcome: NightOutcome = 'failed';
  private reason = '';
  private version: number | null = null;
  private error: ErrorData | null = null;

  constructor(
    private readonly input: NightlyInput,
    private readonly runId: string,
    private readonly startedAtMs: number,
  ) {}

  get selected(): NightCandidate | null {
    return this.candidate;
  }

  get opponent(): NightOpponent | null {
    return this.published;
  }

  works(picked: PickedNight): void {
    this.picked = picked;
  }

  /** The sweep has ended, and this is its pick. */
  swept({ stages }: SweepProgress, selected: FrontPoint | null): void {
    this.stagesRun += stages.done - stages.reused;
    this.stagesReused += stages.reused;
    if (selected === null) return;
    const { id: candidate, label, stageKey, summary } = selected;
    this.candidate = { candidate, label, stageKey, summary };
  }

  compares(fronts: FrontComparison | null): void {
    this.fronts = fronts;
  }

  /** What is published has been measured on the data of the night. */
  faces(opponent: Omit<NightOpponent, 'summary'>, { summary, reused }: StageResult): void {
    this.published = { version: opponent.version, label: opponent.label, summary };
    if (reused) this.stagesReused += 1;
    else this.stagesRun += 1;
  }

  ends(outcome: Exclude<NightOutcome, 'failed'>, reason: string, version: number | null = null): void {
    this.outcome = outcome;
    this.reason = reason;
    this.version = version;
  }

  fails(error: ErrorData): void {
    this.outcome = 'failed';
    this.reason = `${error.message.replace(/\.$/, '')}.`;
    this.error = error;
  }

  /** The record of the night, as it ends now. */
  record(endedAtMs: number): Omit<NightRecord, 'notifications'> {
    const { picked } = this;
    return {
      schedule: this.input.schedule,
      runId: this.runId,
      outcome: this.outcome,
      reason: this.reason,
      startedAt: new Date(this.startedAtMs).toISOString(),
      endedAt: new Date(endedAtMs).toISOString(),
      durationMs: endedAtMs - this.startedAtMs,
      input: picked?.input ?? null,
      fingerprint: picked?.fingerprint ?? null,
      sweepId: picked?.sweepId ?? null,
      selected: this.candidate,
      opponent: this.published,
      comparison: this.fronts,
      stages: { run: this.stagesRun, reused: this.stagesReused },
      publication: this.input.spec.nightly.publish.name,
      version: this.version,
      error: this.error,
    };
  }
}
