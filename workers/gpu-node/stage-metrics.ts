import { methodOf, type StageEnd, type StageObserver } from '../../activities/index.js';
import type { RunStageInput } from '../../core/sweep/progress.js';
import type { StageProgress } from '../../core/sweep/stage.js';
import type { Metrics } from '../metrics/registry.js';

/** A stage on a slot. */
interface Running {
  /** Milliseconds of `performance.now`. */
  readonly startedAt: number;
  /** Steps that were counted; null before it told any. */
  step: number | null;
}

/** Counts the stages of a node. */
export class StageMetrics implements StageObserver {
  private readonly running = new Map<number, Running>();

  /** @param kindOf - kind of the device of a slot */
  constructor(
    private readonly metrics: Metrics,
    private readonly node: string,
    private readonly kindOf: (slot: number) => string,
  ) {
    // A rate needs a series from before its first event.
    metrics.counter('prunefront_stages_resumed_total').inc({ node }, 0);
    metrics.counter('prunefront_images_trained_total').inc({ node }, 0);
  }

  took({ stage }: RunStageInput, queuedMs: number): void {
    const method = methodOf(stage.operation);
    this.metrics.histogram('prunefront_stage_queue_seconds').observe({ method }, queuedMs / 1000);
  }

  started({ stage }: RunStageInput, slot: number, resumes: boolean): void {
    const { node } = this;
    if (resumes) this.metrics.counter('prunefront_stages_resumed_total').inc({ node });
    const before = this.running.get(slot);
    // The successor of a trainer that was lost goes on with the same stage.
    if (before !== undefined) before.step = null;
    else {
      this.running.set(slot, { startedAt: performance.now(), step: null });
      this.metrics.gauge('prunefront_stages_running').add({ node, method: methodOf(stage.operation) }, 1);
    }
  }

  progressed({ stage: { operation } }: RunStageInput, slot: number, { phase, step }: StageProgress): void {
    const running = this.running.get(slot);
    if (running === undefined || operation.kind === 'score' || (phase !== 'train' && phase !== 'prune')) return;
    // The first word comes after the first step, wherever the stage goes on from.
    const steps = running.step === null ? Number(phase === 'train') : step - running.step;
    running.step = step;
    const images = Math.max(0, steps) * operation.training.batchSize;
    this.metrics.counter('prunefront_images_trained_total').inc({ node: this.node }, images);
  }

  ended({ sweep, stage }: RunStageInput, slot: number | null, { outcome, cause, sparsity }: StageEnd): void {
    const { metrics, node } = this;
    const method = methodOf(stage.operation);
    metrics.counter('prunefront_stages_ended_total').inc({ node, sweep, method, outcome, cause: cause ?? '' });
    if (stage.operation.kind === 'prune' && sparsity !== null)
      metrics.histogram('prunefront_sparsity_reached_ratio').observe({ method }, sparsity);
    const running = slot === null ? undefined : this.running.get(slot);
    if (slot === null || running === undefined) return;
    this.running.delete(slot);
    const seconds = (performance.now() - running.startedAt) / 1000;
    metrics.histogram('prunefront_stage_run_seconds').observe({ method, outcome }, seconds);
    metrics.counter('prunefront_device_seconds_total').inc({ node, device: this.kindOf(slot) }, seconds);
    metrics.gauge('prunefront_stages_running').add({ node, method }, -1);
  }
}
