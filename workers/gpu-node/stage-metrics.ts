import { methodOf, type StageEnd, type StageObserver } from '../../activities/index.js';
import type { RunStageInput } from '../../core/sweep/progress.js';
import type { StageProgress } from '../../core/sweep/stage.js';
import type { Metrics } from '../metrics/registry.js';

/** A stage on a slot. */
interface Running {
  /** Milliseconds of `performance.now`. */
  readonly startedAt: number;
  /** Examples that were counted. */
  images: number;
}

const ENGINES = ['compiled', 'eager'] as const satisfies readonly StageEnd['engine'][];

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
    for (const engine of ENGINES) metrics.counter('prunefront_stages_by_engine_total').inc({ node, engine }, 0);
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
    if (before !== undefined) before.images = 0;
    else {
      this.running.set(slot, { startedAt: performance.now(), images: 0 });
      this.metrics.gauge('prunefront_stages_running').add({ node, method: methodOf(stage.operation) }, 1);
    }
  }

  progressed(_: RunStageInput, slot: number, { images }: StageProgress): void {
    const running = this.running.get(slot);
    if (running === undefined) return;
    const { node } = this;
    this.metrics.counter('prunefront_images_trained_total').inc({ node }, Math.max(0, images - running.images));
    running.images = images;
  }

  ended({ sweep, stage }: RunStageInput, slot: number | null, { outcome, cause, sparsity, engine }: StageEnd): void {
    const { metrics, node } = this;
    const method = methodOf(stage.operation);
    metrics.counter('prunefront_stages_ended_total').inc({ node, sweep, method, outcome, cause: cause ?? '' });
    if (engine !== null) metrics.counter('prunefront_stages_by_engine_total').inc({ node, engine });
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
