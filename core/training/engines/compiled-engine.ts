import type { Judge } from '../../evaluation/judges/index.js';
import { summarizeLatency } from '../../evaluation/latency.js';
import { SCORING_BATCH, scoreExamples } from '../../evaluation/score-examples.js';
import { joinedArrays } from '../../joined-arrays.js';
import { stepSeed } from '../../network/random-source.js';
import type { Latency, Score } from '../../sweep/observation.js';
import type { Program } from '../compiled/program/program.js';
import { MOST_STEPS_A_CALL } from '../compiled/program/training-loop.js';
import { TEACHER } from '../objectives/index.js';
import type { Optimizer } from '../optimizers/index.js';
import type { BatchSource } from './batch-source.js';
import { forwardFunction } from './compile-network.js';
import type { DataKept, Engine, SlotValues } from './engine.js';

/** Steps of the first call, whose length isn't known. */
const FIRST_STEPS = 8;
const NO_SEED = new Int32Array(2);

/** Runs a compiled program. The program isn't its own: whoever keeps it disposes it. */
export class CompiledEngine implements Engine {
  readonly eagerBecause = null;
  private msPerStep: number | null = null;
  /** Steps of the next call, whose batches are being made ready. */
  private prepared: number | null = null;

  /**
   * @param source - where the program's examples come from; it is the engine's own
   * @param callMs - milliseconds that a call should last: progress, checkpoints and cancellation wait for it
   */
  constructor(
    private readonly program: Program,
    private readonly source: BatchSource,
    private readonly optimizer: Optimizer,
    private readonly judge: Judge,
    private readonly callMs: number,
  ) {}

  get dataKept(): DataKept {
    return this.source.dataKept;
  }

  get stepsPerCall(): number {
    if (this.prepared !== null) return this.prepared;
    if (this.msPerStep === null) return Math.min(FIRST_STEPS, Math.max(1, this.callMs));
    return Math.min(MOST_STEPS_A_CALL, Math.max(1, Math.round(this.callMs / this.msPerStep)));
  }

  train(batches: readonly Int32Array[], seed: number, step: number, upcoming: readonly Int32Array[] = []): number[] {
    const losses: number[] = [];
    const runs = runsOfEqualSize(batches, this.source.capacity);
    this.prepared = null;
    for (const [i, run] of runs.entries()) {
      const from = step + losses.length;
      const next = runs[i + 1] ?? this.firstRun(upcoming);
      const started = performance.now();
      losses.push(...this.trainRun(run, next, seed, from));
      const took = (performance.now() - started) / run.length;
      // Slow changes count; one slow call doesn't.
      this.msPerStep = this.msPerStep === null ? took : this.msPerStep + (took - this.msPerStep) * 0.3;
    }
    return losses;
  }

  score(indices: Int32Array): Score {
    return scoreExamples(
      this.judge,
      indices,
      (batch, next) => this.program.call('score', this.source.batches(whole(batch), whole(next)), NO_SEED).outputs,
    );
  }

  latency(batchSize: number, runs: number): Latency {
    const fed = this.source.batches(new Int32Array(batchSize), null);
    return summarizeLatency(batchSize, runs, () => {
      this.program.call(forwardFunction(batchSize), fed, NO_SEED);
    });
  }

  readWeights(): Map<string, Float32Array> {
    // A teacher's are not its own.
    return new Map([...this.program.readWeights()].filter(([name]) => !name.startsWith(TEACHER)));
  }

  writeWeights(weights: ReadonlyMap<string, Float32Array>): void {
    this.program.writeWeights(weights);
  }

  readSlots(): Map<string, Float32Array[]> {
    return this.program.readSlots();
  }

  writeSlots(slots: SlotValues): void {
    this.program.writeSlots(slots);
  }

  mask(masks: ReadonlyMap<string, Uint8Array>): void {
    this.program.writeMasks(masks);
    if (masks.size > 0) this.program.applyMasks();
  }

  dispose(): void {
    this.source.dispose();
  }

  /** The run that the next call begins with, as far as can be said; null where nothing is made ready for it. */
  private firstRun(upcoming: readonly Int32Array[]): readonly Int32Array[] | null {
    if (!this.source.prepares) return null;
    const [run = null] = runsOfEqualSize(upcoming.slice(0, this.stepsPerCall), this.source.capacity);
    this.prepared = run?.length ?? null;
    return run;
  }

  private trainRun(
    batches: readonly Int32Array[],
    next: readonly Int32Array[] | null,
    seed: number,
    step: number,
  ): Float32Array {
    const fed = this.source.batches(
      joinedArrays(Int32Array, batches),
      next === null ? null : joinedArrays(Int32Array, next),
    );
    const seeds = batches.flatMap((_, i) => stepSeed(seed, step + i));
    const numbers = batches.flatMap((_, i) => this.optimizer.numbers(step + i));
    return this.program.train(batches[0]?.length ?? 0, fed, Int32Array.from(seeds), Float32Array.from(numbers));
  }
}

/** The batches in their order, cut where their size changes and where a call can take no more. */
function runsOfEqualSize(batches: readonly Int32Array[], capacity: number): Int32Array[][] {
  const runs: Int32Array[][] = [];
  for (const batch of batches) {
    const run = runs.at(-1);
    const most = Math.min(MOST_STEPS_A_CALL, Math.floor(capacity / batch.length));
    if (run !== undefined && run[0]?.length === batch.length && run.length < most) run.push(batch);
    else runs.push([batch]);
  }
  return runs;
}

/** The graph's batch is whole; what fills this one up isn't counted. */
function whole<Batch extends Int32Array | null>(batch: Batch): Batch | Int32Array {
  if (batch === null) return batch;
  const filled = new Int32Array(SCORING_BATCH).fill(batch[0] ?? 0);
  filled.set(batch);
  return filled;
}
