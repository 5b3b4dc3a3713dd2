import type { LayersModel, Scalar, SymbolicTensor, Tensor, Tensor1D, Variable } from '@tensorflow/tfjs';
import { adaptLayerCalls } from '../../core/network/layer-calls.js';
import {
  type NativeBackend,
  type NativeBinding,
  type NativeValues,
  nativeBackend,
} from '../../core/network/native/backend.js';
import { type RandomSource, randomSource, stepSeed } from '../../core/network/random-source.js';
import { loadTensorFlow } from '../../core/network/tensorflow.js';
import { createRandom } from '../../core/random.js';
import type { OptimizerSpec } from '../../core/sweep/spec.js';
import { EagerOnly } from '../../core/training/compiled/eager-only.js';
import { createGraphOptimizer } from '../../core/training/compiled/optimizers/index.js';
import type { Column } from '../../core/training/compiled/program/columns.js';
import { Program } from '../../core/training/compiled/program/program.js';
import { differenceOf } from '../../core/training/compiled/tracer/compare.js';
import { type Trace, trace } from '../../core/training/compiled/tracer/trace.js';
import { createOptimizer } from '../../core/training/optimizers/index.js';

const tf = loadTensorFlow();
export const SGD: OptimizerSpec = { sgd: { learningRate: 0.05, momentum: 0, nesterov: false } };

/** Seeds of `count` steps from step `first` on, as a program takes them. */
export function seedsOf(first: number, count: number, seed = 1): Int32Array {
  return Int32Array.from(Array.from({ length: count }, (_, i) => stepSeed(seed, first + i)).flat());
}

/** TensorFlow's own backend, which every test of compiled programs needs, with the counters of its addon. */
export function requireNative(): NativeBackend & { readonly binding: NativeBinding & HandleCounters } {
  const backend = nativeBackend(tf);
  if (backend === null) throw new Error('these tests need the tensorflow backend');
  return backend as NativeBackend & { readonly binding: NativeBinding & HandleCounters };
}

/** What the addon tells of handles that nobody freed. */
export interface HandleCounters {
  getNumOfTensors(): number;
  getNumOfSavedModels(): number;
}

/** A LayersModel in training: its columns are its inputs, then a target for each output; the loss is the sum of their mean squares. */
export class LayersStep {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly trainable: readonly string[];
  readonly columns: readonly Column[];
  private random: RandomSource | null = null;

  /** @param vocabulary - integers that the inputs are drawn from; null draws real numbers */
  constructor(
    readonly model: LayersModel,
    readonly batchSize = 4,
    private readonly vocabulary: number | null = null,
  ) {
    adaptLayerCalls(tf, model, () => {
      if (this.random === null) throw new Error('a random layer ran outside of a step');
      return this.random;
    });
    this.variables = new Map(model.weights.map((weight) => [weight.name, weight.read() as Variable]));
    this.trainable = model.trainableWeights.map(({ name }) => name);
    const columnOf = (dtype: Column['dtype']) => (symbolic: SymbolicTensor) => ({
      dtype,
      exampleShape: symbolic.shape.slice(1).map((size) => size ?? 1),
    });
    this.columns = [
      ...model.inputs.map(columnOf(vocabulary === null ? 'float32' : 'int32')),
      ...model.outputs.map(columnOf('float32')),
    ];
    // Zero biases and moving means hide mistakes.
    let seed = 1;
    for (const variable of this.variables.values()) {
      const random = createRandom(seed++);
      const values = Float32Array.from({ length: variable.size }, () => (random.next() - 0.45) * 0.6);
      const positive = variable.name.includes('variance') ? values.map((value) => Math.abs(value) + 0.5) : values;
      tf.tidy(() => variable.assign(tf.tensor(positive, variable.shape)));
    }
  }

  /** Values of `examples` examples, an array a column. */
  values(examples: number, seed: number): (Float32Array | Int32Array)[] {
    const random = createRandom(seed);
    return this.columns.map(({ dtype, exampleShape }) => {
      const length = examples * exampleShape.reduce((product, size) => product * size, 1);
      return dtype === 'int32'
        ? Int32Array.from({ length }, () => Math.floor(random.next() * (this.vocabulary ?? 1)))
        : Float32Array.from({ length }, () => random.next() * 2 - 1);
    });
  }

  /** Those values as tensors. */
  tensors(values: readonly NativeValues[]): Tensor[] {
    return this.columns.map(({ dtype, exampleShape }, i) =>
      tf.tensor(values[i] as Float32Array, [this.batchSize, ...exampleShape], dtype === 'int32' ? 'int32' : 'float32'),
    );
  }

  /**
   * Loss, then the gradient of each trainable weight.
   * @param masks - 0/1 by weight name
   */
  run(batch: readonly Tensor[], seed: Tensor1D, masks: ReadonlyMap<string, Tensor> = new Map()): Tensor[] {
    this.random = randomSource(tf, seed);
    const inputs = batch.slice(0, this.model.inputs.length);
    const targets = batch.slice(this.model.inputs.length);
    const variables = this.trainable.map((name) => this.variables.get(name) as Variable);
    const { value, grads } = tf.variableGrads(() => {
      const outputs = this.model.apply(inputs.length === 1 ? (inputs[0] as Tensor) : inputs, { training: true });
      const errors = [outputs].flat().map((output, i) =>
        (output as Tensor)
          .sub(targets[i] as Tensor)
          .square()
          .mean(),
      );
      return tf.addN(errors) as Scalar;
    }, variables);
    const gradients = variables.map((variable, i) => {
      const gradient = grads[variable.name] ?? tf.zerosLike(variable);
      return gradient.mul(masks.get(this.trainable[i] ?? '') ?? 1);
    });
    return [value, ...gradients];
  }

  /**
   * The trace of one step.
   * @param act - what runs in place of the step
   * @throws EagerOnly
   */
  trace(values: readonly NativeValues[], step = 0, masked: readonly string[] = [], act = this.run.bind(this)): Trace {
    const batch = this.tensors(values);
    const seed = tf.tensor1d([...stepSeed(1, step)], 'int32');
    const masks = new Map(masked.map((name) => [name, tf.onesLike(this.variables.get(name) as Tensor)]));
    const inputs = [...batch, seed, ...masks.values()];
    try {
      return trace(tf, requireNative(), this.variables, inputs, () => act(batch, seed, masks));
    } finally {
      tf.dispose(inputs);
    }
  }

  /**
   * Compiles the step, without a look at whether it is right.
   * @param rows - examples of resident data; null feeds batches
   * @throws EagerOnly
   */
  compile({
    optimizer = SGD,
    rows = null,
    masked = [],
  }: {
    readonly optimizer?: OptimizerSpec;
    readonly rows?: number | null;
    readonly masked?: readonly string[];
  } = {}): Program {
    const own = createOptimizer(optimizer);
    const main = this.trace(this.values(this.batchSize, 1), 0, masked);
    const difference = differenceOf(main.recording, this.trace(this.values(this.batchSize, 2), 0, masked).recording);
    if (difference !== null) throw new EagerOnly(difference);
    const program = Program.load({
      backend: requireNative(),
      weights: this.variables,
      columns: this.columns,
      rows,
      training: {
        trainable: this.trainable,
        masked,
        slotCount: own.slotNames.length,
        optimizer: createGraphOptimizer(optimizer),
        numbers: own.numbers(0).length,
        traces: new Map([[this.batchSize, main]]),
      },
      functions: [{ name: 'step', batchSize: this.batchSize, trace: main }],
    });
    program.writeWeights(this.weights());
    program.writeSlots(new Map());
    program.writeMasks(new Map());
    return program;
  }

  /** Copies of the eager weights. */
  weights(): Map<string, Float32Array> {
    return new Map([...this.variables].map(([name, variable]) => [name, variable.dataSync() as Float32Array]));
  }

  /** Takes a step of plain descent eagerly; returns its loss. */
  descend(values: readonly NativeValues[], rate: number, step: number): number {
    return tf.tidy(() => {
      const [loss, ...gradients] = this.run(this.tensors(values), tf.tensor1d([...stepSeed(1, step)], 'int32'));
      this.trainable.forEach((name, i) => {
        const variable = this.variables.get(name) as Variable;
        variable.assign(variable.sub((gradients[i] as Tensor).mul(rate)));
      });
      return (loss as Tensor).dataSync()[0] as number;
    });
  }
}

/** Everything that could leak: tensors of tfjs, handles of the addon, graphs. */
export function handlesInUse(): { readonly tensors: number; readonly handles: number; readonly savedModels: number } {
  const { binding } = requireNative();
  return {
    tensors: tf.memory().numTensors,
    handles: binding.getNumOfTensors(),
    savedModels: binding.getNumOfSavedModels(),
  };
}
