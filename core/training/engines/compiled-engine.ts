import { summarizeLatency } from '../../evaluation/latency.js';
import { batchesOf } from '../../network/batches.js';
import { stepSeed } from '../../network/random-source.js';
import type { Latency, Score } from '../../sweep/observation.js';
import type { Program } from '../compiled/program/program.js';
import { MOST_STEPS_A_CALL } from '../compiled/program/training-loop.js';
import type { Optimizer } from '../optimizers/index.js';
import { forwardFunction, SCORING_BATCH } from './compile-network.js';
import type { Engine, SlotValues } from './engine.js';

/** Steps of the first call, whose length isn't known. */
const FIRST_STEPS = 8;
const NO_SEED = new Int32Array(2);

/** Runs a compiled program. The program isn't its own: whoever keeps it disposes it. */
export class CompiledEngine implements Engine {
  readonly eagerBecause = null;
  private msPerStep: number | null = null;

  /** @param callMs - milliseconds that a call should last: progress, checkpoints and cancellation wait for it */
  constructor(
    private readonly program: Program,
    private readonly optimizer: Optimizer,
    private readonly callMs: number,
  ) {}

  get stepsPerCall(): number {
    if (this.msPerStep === null) return Math.min(FIRST_STEPS, Math.max(1, this.callMs));
    return Math.min(MOST_STEPS_A_CALL, Math.max(1, Math.round(this.callMs / this.msPerStep)));
  }

  train(batches: readonly Int32Array[], seed: number, step: number): number[] {
    const losses: number[] = [];
    for (const run of runsOfEqualSize(batches)) {
      const from = step + losses.length;
      const started = performance.now();
      losses.push(...this.trainRun(run, seed, from));
      const took = (performance.now() - started) / run.length;
      // Slow changes count; one slow call doesn't.
      this.msPerStep = this.msPerStep === null ? took : this.msPerStep + (took - this.msPerStep) * 0.3;
    }
    return losses;
  }

  score(indices: Int32Array): Score {
    let correct = 0;
    let loss = 0;
    for (const batch of batchesOf(indices, SCORING_BATCH)) {
      // The graph's batch is whole; what fills it up isn't counted.
      const whole = new Int32Array(SCORING_BATCH).fill(batch[0] ?? 0);
      whole.set(batch);
      const { outputs } = this.program.call('score', { indices: whole }, NO_SEED);
      for (let i = 0; i < batch.length; i++) {
        correct += outputs[0]?.[i] ?? 0;
        loss += outputs[1]?.[i] ?? 0;
      }
    }
    return { accuracy: correct / indices.length, loss: loss / indices.length, examples: indices.length };
  }

  latency(batchSize: number, runs: number): Latency {
    const indices = new Int32Array(batchSize);
    return summarizeLatency(batchSize, runs, () => {
      this.program.call(forwardFunction(batchSize), { indices }, NO_SEED);
    });
  }

  readWeights(): Map<string, Float32Array> {
    return this.program.readWeights();
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

  dispose(): void {}

  private trainRun(batches: readonly Int32Array[], seed: number, step: number): Float32Array {
    const [first] = batches;
    const size = first?.length ?? 0;
    const indices = new Int32Array(batches.length * size);
    batches.forEach((batch, i) => {
      indices.set(batch, i * size);
    });
    const seeds = batches.flatMap((_, i) => stepSeed(seed, step + i));
    const numbers = batches.flatMap((_, i) => this.optimizer.numbers(step + i));
    return this.program.train(size, { indices }, Int32Array.from(seeds), Float32Array.from(numbers));
  }
}

/** The batches in their order, cut where their size changes and where a call can take no more. */
function runsOfEqualSize(batches: readonly Int32Array[]): Int32Array[][] {
  const runs: Int32Array[][] = [];
  for (const batch of batches) {
    const run = runs.at(-1);
    if (run !== undefined && run[0]?.length === batch.length && run.length < MOST_STEPS_A_CALL) run.push(batch);
    else runs.push([batch]);
  }
  return runs;
}
