import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import type { PreparedData } from '../../datasets/prepare.js';
import type { Judge } from '../../evaluation/judges/index.js';
import { SCORING_BATCH } from '../../evaluation/score-examples.js';
import { gatherBatch, gatherColumns } from '../../network/batches.js';
import { nativeBackend } from '../../network/native/backend.js';
import type { Network } from '../../network/network.js';
import { stepSeed } from '../../network/random-source.js';
import type { Tf } from '../../network/tf.js';
import type { Augment, OptimizerSpec } from '../../sweep/spec.js';
import { EagerOnly, unfitToRun } from '../compiled/eager-only.js';
import { createGraphOptimizer } from '../compiled/optimizers/index.js';
import { Program, type ProgramParts } from '../compiled/program/program.js';
import { differenceOf } from '../compiled/tracer/compare.js';
import { mixedPrecision } from '../compiled/tracer/mixed-precision.js';
import { type Trace, trace } from '../compiled/tracer/trace.js';
import { type CompressedRun, judgedExamples } from '../compression/compressed-network.js';
import { lossAndGradients } from '../loss-and-gradients.js';
import { type Objective, variablesOf } from '../objectives/index.js';
import { createOptimizer } from '../optimizers/index.js';
import { during } from '../profile/profile.js';
import { agreementOn, requireAgreement, requireSimilarity } from './agreement.js';
import { columnsOf, valuesOf } from './batch-source.js';
import { withNudged } from './nudged.js';

/** What a compiled network is compiled for. */
export interface CompileSettings extends CompressedRun {
  readonly optimizer: OptimizerSpec;
  /** Whether slots add up movement. */
  readonly tracksMovement?: boolean;
  readonly batchSize: number;
  readonly objective: Objective;
  /** What scores are made of. */
  readonly judge: Judge;
  /** Weights that masks hold. */
  readonly masked: readonly string[];
  readonly augment?: Augment;
  /** Of convolutions and matrix products in the training loop. */
  readonly precision?: 'float32' | 'bfloat16';
  /** Whether the data lie in the program; else it is fed with batches. */
  readonly isResident: boolean;
}

/**
 * Compiles training and scoring of a network on a data set, and compares the first batch's loss, gradients and moving statistics with
 * eager's before it is trusted.
 * @throws EagerOnly with the reason why it has to run eagerly
 */
export function compileNetwork(tf: Tf, network: Network, data: PreparedData, settings: CompileSettings): Program {
  const backend = nativeBackend(tf);
  if (backend === null) throw new EagerOnly(`TensorFlow is not what computes here, but ${tf.getBackend()}`);
  const { batchSize, masked, objective } = settings;
  const variables = variablesOf(network, objective);
  const optimizer = createOptimizer(settings.optimizer, settings);
  const halved = settings.precision === 'bfloat16' ? mixedPrecision() : undefined;
  // The last batch of an epoch may be smaller.
  const first = Math.min(batchSize, data.train.length);
  const batchSizes = [...new Set([first, data.train.length % first || first])];
  const seed = stepSeed(1, 0);
  const ones = new Map(masked.map((name) => [name, tf.onesLike(network.variables.get(name) as Tensor)]));
  const seedTensor = tf.tensor1d([...seed], 'int32');
  const traced = (indices: Int32Array, act: (batch: readonly Tensor[]) => readonly Tensor[]): Trace => {
    const { x, y } = gatherBatch(tf, data, indices);
    try {
      const inputs = [x, y, seedTensor, ...ones.values()];
      return during('trace', () => trace(tf, backend, variables, inputs, () => act([x, y])));
    } finally {
      tf.dispose([x, y]);
    }
  };
  const step = (batch: readonly Tensor[]): readonly Tensor[] => {
    const { augment, encodings } = settings;
    const seeds = seedTensor as Tensor1D;
    const { loss, gradients } = lossAndGradients(tf, network, batch, seeds, ones, objective, augment, encodings);
    return [loss, ...gradients];
  };
  try {
    const checked = sample(data, first, 0);
    const main = traced(checked, step);
    const nudged = (): Trace => withNudged(tf, variables, () => traced(checked, step));
    const difference = differenceOf(main.recording, traced(sample(data, first, 1), step).recording);
    if (difference !== null) throw new EagerOnly(difference);
    const traces = new Map(
      batchSizes.map((size) => [size, size === first ? main : traced(sample(data, size, 2), step)]),
    );
    const parts: ProgramParts = {
      backend,
      weights: variables,
      columns: columnsOf(data),
      rows: settings.isResident ? data.labels.length : null,
      training: {
        trainable: network.trainable,
        masked,
        slotCount: optimizer.slotNames.length,
        optimizer: createGraphOptimizer(settings.optimizer, settings.tracksMovement),
        numbers: optimizer.numbers(0).length,
        traces,
        addOperation: halved,
      },
      functions: [
        { name: 'check', batchSize: first, trace: main },
        ...(halved === undefined
          ? []
          : [{ name: 'check_halved', batchSize: first, trace: main, addOperation: halved }]),
        {
          name: 'score',
          batchSize: SCORING_BATCH,
          trace: traced(sample(data, SCORING_BATCH, 0), (batch) =>
            judgedExamples(tf, network, settings.judge, settings.encodings, batch),
          ),
        },
        ...[...new Set([1, batchSize])].map((size) => ({
          name: forwardFunction(size),
          batchSize: size,
          trace: traced(sample(data, size, 0), ([x]) => [network.forward(x as Tensor, null)]),
        })),
      ],
    };
    const program = during('load', () => Program.load(parts));
    try {
      if (settings.isResident) during('upload data', () => program.writeColumns(valuesOf(data)));
      const batch = settings.isResident ? { indices: checked } : { values: gatherColumns(data, checked) };
      program.writeWeights(new Map([...variables].map(([name, weight]) => [name, weight.dataSync() as Float32Array])));
      program.writeMasks(new Map());
      const results = (name: string) => program.call(name, batch, Int32Array.from(seed));
      during('verify', () => {
        // What another kernel computes in the last digit may be another step of an activation's grid.
        if (settings.activations !== undefined && backend.isUsingGpuDevice) requireSimilarity(main, results('check'));
        else requireAgreement(main, results('check'), network.trainable, agreementOn(backend), nudged);
      });
      if (halved !== undefined) during('verify', () => requireSimilarity(main, results('check_halved')));
    } catch (error) {
      program.dispose();
      throw unfitToRun(error);
    }
    return program;
  } finally {
    seedTensor.dispose();
    tf.dispose([...ones.values()]);
  }
}

/** Name of the function that gives the logits of a batch. */
export function forwardFunction(batchSize: number): string {
  return `forward_${batchSize}`;
}

/** Some batch of the training examples, another one for each `which`; examples come again where there are too few. */
function sample({ train }: PreparedData, size: number, which: number): Int32Array {
  return Int32Array.from({ length: size }, (_, i) => train[(which * size + i + which) % train.length] ?? 0);
}
