import type { PreparedData } from '../../datasets/prepare.js';
import { batchesOf } from '../../network/batches.js';
import { stepSeed } from '../../network/random-source.js';
import type { Tf } from '../../network/tf.js';
import { EagerOnly } from '../compiled/eager-only.js';
import { CompiledRunner, type KeptPrograms } from './compiled-runner.js';
import { EagerRunner } from './eager-runner.js';
import type { Measurement, MeasurementRunner } from './measurement.js';

/** How measurements are run. */
export interface MeasuringSettings {
  /** What dropout draws from, together with the number of the batch. */
  readonly seed: number;
  /** Whether to compile what can be; default true. */
  readonly compiled?: boolean;
  /** Where programs are kept for later; absent frees them with the rest. */
  readonly kept?: KeptPrograms;
}

/** What a measurement gives for a batch. */
export interface MeasuredBatch {
  /** Examples of the batch. */
  readonly examples: number;
  /** In the order of the measurement's outputs. */
  readonly outputs: readonly Float32Array[];
}

/** Runs measurements on examples, batch by batch: compiled where that can be trusted, else eager. Dispose it. */
export class Measuring {
  private readonly runners = new Map<string, MeasurementRunner>();
  private readonly compiled: CompiledRunner | null;

  constructor(
    private readonly tf: Tf,
    private readonly data: PreparedData,
    private readonly settings: MeasuringSettings,
  ) {
    const { compiled = true, kept } = settings;
    this.compiled = compiled && tf.getBackend() === 'tensorflow' ? new CompiledRunner(tf, data, kept) : null;
  }

  /** Why a measurement that was made didn't run compiled; null where it did. */
  eagerBecause({ name }: Measurement): string | null {
    return this.runners.get(name)?.eagerBecause ?? null;
  }

  /** Why measurements that were made didn't run compiled; empty where all did. */
  eagerReasons(): string[] {
    return [...this.runners.values()].flatMap(({ eagerBecause }) => eagerBecause ?? []);
  }

  /** What a measurement gives for the examples at `indices`, with the weights as they are at the beginning. */
  *batches(measurement: Measurement, indices: Int32Array, batchSize: number): Generator<MeasuredBatch> {
    const batches = [...batchesOf(indices, batchSize)];
    const runner = this.ready(measurement, [...new Set(batches.map(({ length }) => length))]);
    for (const [step, batch] of batches.entries()) {
      const outputs = runner.call(measurement, batch, Int32Array.from(stepSeed(this.settings.seed, step)));
      yield { examples: batch.length, outputs };
    }
  }

  /** Frees what is its own. */
  dispose(): void {
    this.compiled?.dispose();
  }

  /** The runner of a measurement, ready for these batch sizes: compiled, unless it was found that it can't be. */
  private ready(measurement: Measurement, batchSizes: readonly number[]): MeasurementRunner {
    let runner = this.runners.get(measurement.name) ?? this.compiled ?? this.eager('it is asked to run eagerly');
    try {
      runner.prepare(measurement, batchSizes);
    } catch (error) {
      if (!(error instanceof EagerOnly)) throw error;
      runner = this.eager(error.message);
    }
    this.runners.set(measurement.name, runner);
    return runner;
  }

  private eager(because: string): EagerRunner {
    return new EagerRunner(this.tf, this.data, because);
  }
}
