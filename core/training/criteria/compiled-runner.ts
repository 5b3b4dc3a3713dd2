import type { Tensor1D } from '@tensorflow/tfjs';
import type { PreparedData } from '../../datasets/prepare.js';
import { gatherBatch, gatherColumns } from '../../network/batches.js';
import { type NativeBackend, nativeBackend } from '../../network/native/backend.js';
import { stepSeed } from '../../network/random-source.js';
import type { Tf } from '../../network/tf.js';
import { EagerOnly, unfitToRun } from '../compiled/eager-only.js';
import { type Batches, Program } from '../compiled/program/program.js';
import { differenceOf } from '../compiled/tracer/compare.js';
import { type Trace, trace } from '../compiled/tracer/trace.js';
import { agreementOn, requireGradients } from '../engines/agreement.js';
import { columnsOf } from '../engines/batch-source.js';
import type { Measurement, MeasurementRunner } from './measurement.js';

/** Runs measurements as graphs, one for each measurement and batch size; batches are fed. */
export class CompiledRunner implements MeasurementRunner {
  readonly eagerBecause = null;
  private readonly programs = new Map<string, Program>();
  private readonly backend: NativeBackend;

  /** @throws EagerOnly where TensorFlow is not what computes */
  constructor(
    private readonly tf: Tf,
    private readonly data: PreparedData,
  ) {
    const backend = nativeBackend(tf);
    if (backend === null) throw new EagerOnly(`TensorFlow is not what computes here, but ${tf.getBackend()}`);
    this.backend = backend;
  }

  /** @throws EagerOnly where the measurement can't be a graph, or its graph gives something else */
  prepare(measurement: Measurement, batchSize: number): void {
    const key = `${measurement.name} ${batchSize}`;
    const known = this.programs.get(key);
    if (known === undefined) this.programs.set(key, this.compile(measurement, batchSize));
    else writeWeights(known, measurement);
  }

  call(measurement: Measurement, indices: Int32Array, seed: Int32Array): Float32Array[] {
    const program = this.programs.get(`${measurement.name} ${indices.length}`);
    if (program === undefined) throw new Error(`${measurement.name} is not prepared for ${indices.length} examples`);
    return program.call(measurement.name, this.batch(indices), seed).outputs.map((values) => values as Float32Array);
  }

  dispose(): void {
    for (const program of this.programs.values()) program.dispose();
    this.programs.clear();
  }

  private compile(measurement: Measurement, batchSize: number): Program {
    const { backend, data } = this;
    const first = this.sample(batchSize, 0);
    const main = this.traced(measurement, first);
    const difference = differenceOf(main.recording, this.traced(measurement, this.sample(batchSize, 1)).recording);
    if (difference !== null) throw new EagerOnly(difference);
    const program = Program.load({
      backend,
      weights: measurement.variables,
      columns: columnsOf(data),
      rows: null,
      training: null,
      functions: [{ name: measurement.name, batchSize, trace: main }],
    });
    try {
      writeWeights(program, measurement);
      const { outputs } = program.call(measurement.name, this.batch(first), Int32Array.from(CHECKED));
      const expected = main.outputs.map(({ values }) => values);
      requireGradients(
        (i) => `${measurement.name} of ${measurement.outputs[i]}`,
        expected,
        outputs,
        agreementOn(backend),
      );
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

function writeWeights(program: Program, { variables }: Measurement): void {
  program.writeWeights(new Map([...variables].map(([name, variable]) => [name, variable.dataSync() as Float32Array])));
}
