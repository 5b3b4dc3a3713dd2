import type { Tensor1D } from '@tensorflow/tfjs';
import type { PreparedData } from '../../datasets/prepare.js';
import { gatherBatch, gatherColumns } from '../../network/batches.js';
import { type NativeBackend, type NativeValues, nativeBackend } from '../../network/native/backend.js';
import { stepSeed } from '../../network/random-source.js';
import type { Tf } from '../../network/tf.js';
import { EagerOnly, unfitToRun } from '../compiled/eager-only.js';
import { type Batches, Program } from '../compiled/program/program.js';
import { differenceOf } from '../compiled/tracer/compare.js';
import { outputValues, type Trace, trace } from '../compiled/tracer/trace.js';
import { agreementOn, requireGradients } from '../engines/agreement.js';
import { columnsOf } from '../engines/batch-source.js';
import { withNudged } from '../engines/nudged.js';
import { ProgramCache } from '../engines/program-cache.js';
import type { Measurement, MeasurementRunner } from './measurement.js';

/** Programs of measurements that outlive their runner. */
export interface KeptPrograms {
  readonly programs: ProgramCache;
  /** Tells apart all that graphs depend on beside what the measurement itself names. */
  readonly key: string;
}

/** Runs measurements as graphs, one for each measurement and its batch sizes; batches are fed. */
export class CompiledRunner implements MeasurementRunner {
  readonly eagerBecause = null;
  /** Its own, where none are kept. */
  private readonly own = new ProgramCache({ bytes: Number.POSITIVE_INFINITY });
  /** That of each measurement which is ready. */
  private readonly ready = new Map<string, Program>();
  private readonly backend: NativeBackend;

  /** @throws EagerOnly where TensorFlow is not what computes */
  constructor(
    private readonly tf: Tf,
    private readonly data: PreparedData,
    private readonly kept: KeptPrograms | null = null,
  ) {
    const backend = nativeBackend(tf);
    if (backend === null) throw new EagerOnly(`TensorFlow is not what computes here, but ${tf.getBackend()}`);
    this.backend = backend;
  }

  /** @throws EagerOnly where the measurement can't be a graph, or its graph gives something else */
  prepare(measurement: Measurement, batchSizes: readonly number[]): void {
    const { programs, key } = this.kept ?? { programs: this.own, key: '' };
    const { name, outputs } = measurement;
    const compiled = programs.get(`${key} ${name} of ${outputs.join()} at ${batchSizes.join()}`, () =>
      this.compile(measurement, batchSizes),
    );
    if ('eagerBecause' in compiled) throw new EagerOnly(compiled.eagerBecause);
    writeWeights(compiled.program, measurement);
    this.ready.set(name, compiled.program);
  }

  call(measurement: Measurement, indices: Int32Array, seed: Int32Array): Float32Array[] {
    const { name } = measurement;
    const program = this.ready.get(name);
    if (program === undefined) throw new Error(`${name} is not ready`);
    const { outputs } = program.call(functionOf(measurement, indices.length), this.batch(indices), seed);
    return outputs.map((values) => values as Float32Array);
  }

  dispose(): void {
    this.ready.clear();
    this.own.dispose();
  }

  private compile(measurement: Measurement, batchSizes: readonly number[]): Program {
    const { backend, data } = this;
    const functions = batchSizes.map((batchSize) => {
      const checked = this.sample(batchSize, 0);
      const trace = this.traced(measurement, checked);
      const other = this.traced(measurement, this.sample(batchSize, 1));
      const difference = differenceOf(trace.recording, other.recording);
      if (difference !== null) throw new EagerOnly(difference);
      return { name: functionOf(measurement, batchSize), batchSize, trace, checked };
    });
    const { variables: weights } = measurement;
    const parts = { backend, weights, columns: columnsOf(data), rows: null, training: null, functions };
    const program = Program.load(parts);
    try {
      writeWeights(program, measurement);
      for (const { name, trace, checked } of functions) {
        const { outputs } = program.call(name, this.batch(checked), Int32Array.from(CHECKED));
        const nudged = (): NativeValues[] =>
          outputValues(withNudged(this.tf, weights, () => this.traced(measurement, checked)));
        const nameOf = (i: number): string => `${measurement.name} of ${measurement.outputs[i]}`;
        requireGradients(nameOf, outputValues(trace), outputs, agreementOn(backend), nudged);
      }
    } catch (error) {
      program.dispose();
      throw unfitToRun(error);
    }
    return program;
  }

  private traced({ variables, run }: Measurement, indices: Int32Array): Trace {
    const { tf, backend } = this;
    const { x, y } = gatherBatch(tf, this.data, indices);
    const seed = tf.tensor1d([...CHECKED], 'int32');
    try {
      return trace(tf, backend, variables, [x, y, seed], () => run([x, y], seed as Tensor1D));
    } finally {
      tf.dispose([x, y, seed]);
    }
  }

  /** The examples as they are stored: the graph makes numbers of bytes. */
  private batch(indices: Int32Array): Batches {
    return { values: gatherColumns(this.data, indices) };
  }

  private sample(size: number, which: number): Int32Array {
    const examples = this.data.labels.length;
    return Int32Array.from({ length: size }, (_, i) => (which * size + i + which) % examples);
  }
}

const CHECKED = stepSeed(1, 0);

function functionOf({ name }: Measurement, batchSize: number): string {
  return `${name}_${batchSize}`;
}

function writeWeights(program: Program, { variables }: Measurement): void {
  program.writeWeights(new Map([...variables].map(([name, variable]) => [name, variable.dataSync() as Float32Array])));
}
