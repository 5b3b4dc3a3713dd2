import type { LayersModel, SymbolicTensor, Tensor, Variable } from '@tensorflow/tfjs';
import { type ActivationGrid, quantizeOutputs } from '../compression/quantization/quantized-outputs.js';
import { PrunefrontError } from '../errors.js';
import { modelParameters, toBuiltConfig } from '../models/described-topology.js';
import type { NamedTensor } from '../models/named-tensor.js';
import type { Topology } from '../models/topology.js';
import { batchNormOf } from '../models/wrapped-layers.js';
import { adaptLayerCalls, averageOverCalls } from './layer-calls.js';
import { linearOutput } from './linear-output.js';
import type { RandomSource } from './random-source.js';
import type { Tf } from './tf.js';

const MOVING = ['moving_mean', 'moving_variance'] as const;

/** A topology and its weights as TensorFlow variables, with logits instead of probabilities as its output. */
export class Network {
  private random: RandomSource | null = null;
  /** The same layers with the output of each; their weights are the model's. */
  private whole: LayersModel | null = null;

  private constructor(
    private readonly tf: Tf,
    readonly topology: Topology,
    private readonly model: LayersModel,
    /** Every weight by name, layer by layer in the order of the topology. */
    readonly variables: ReadonlyMap<string, Variable>,
    /** Names of the weights that training changes by gradient. */
    readonly trainable: readonly string[],
    /** Names of the weights that the loss has a gradient of: those of frozen layers too, which criteria look at. */
    readonly differentiable: readonly string[],
  ) {
    adaptLayerCalls(tf, model, () => {
      if (this.random === null)
        throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'A random layer ran outside of training');
      return this.random;
    });
  }

  /**
   * Builds the network; its variables hold copies of `weights`.
   * @param activations - grids that layers give their outputs on, by layer
   * @throws PrunefrontError `PRUNEFRONT_IMPOSSIBLE_SHAPE` where TensorFlow cannot build it, `PRUNEFRONT_MODEL_FORMAT` where the weights do not fit.
   */
  static async build(
    tf: Tf,
    topology: Topology,
    weights: readonly NamedTensor[],
    activations: ReadonlyMap<string, ActivationGrid> = new Map(),
  ): Promise<Network> {
    let model: LayersModel;
    try {
      model = await zeroModel(tf, toBuiltConfig(linearOutput(topology)));
    } catch (error) {
      throw new PrunefrontError(
        'PRUNEFRONT_IMPOSSIBLE_SHAPE',
        'TensorFlow cannot build this model',
        { found: String(error) },
        { cause: error },
      );
    }
    // The model's own list has the trainable weights of all layers first; ours go layer by layer.
    const own = topology.nodes.flatMap((node) => model.layers.find(({ name }) => name === node.name)?.weights ?? []);
    const misfit = own.findIndex((weight, i) => weight.shape.join() !== weights[i]?.shape.join());
    if (own.length !== weights.length || misfit >= 0) {
      model.dispose();
      const { name, shape } = weights[misfit] ?? { name: `${weights.length} weights`, shape: [] };
      throw new PrunefrontError('PRUNEFRONT_MODEL_FORMAT', 'The weights do not fit the topology', {
        found: `${name} ${shape.length > 0 ? `of shape [${shape.join(', ')}]` : ''}`.trim(),
        allowed: `${own.length} weights${misfit >= 0 ? `, here of shape [${own[misfit]?.shape.join(', ')}]` : ''}`,
      });
    }
    const variables = new Map<string, Variable>();
    own.forEach((weight, i) => {
      const { name, shape, values } = weights[i] as NamedTensor;
      const tensor = tf.tensor(values, [...shape], 'float32');
      weight.write(tensor);
      tensor.dispose();
      variables.set(name, weight.read() as Variable);
    });
    const trained = new Set(model.trainableWeights.map((weight) => weight.read()));
    const trainable = [...variables].flatMap(([name, variable]) => (trained.has(variable) ? [name] : []));
    const parameters = modelParameters(topology);
    const differentiable = [...variables.keys()].filter((_, i) => parameters[i]?.trainable === true);
    // TensorFlow leaves out what is marked otherwise; what is trained is named wherever it is.
    for (const name of differentiable) (variables.get(name) as Variable).trainable = true;
    const network = new Network(tf, topology, model, variables, trainable, differentiable);
    quantizeOutputs(tf, model, activations);
    return network;
  }

  /**
   * Logits [n, classes] of inputs [n, ...shape].
   * @param random - what dropout and noise draw from in training, with batch statistics for batch norm; null is inference
   */
  forward(x: Tensor, random: RandomSource | null): Tensor {
    this.random = random;
    return this.model.apply(x, { training: random !== null }) as Tensor;
  }

  /** Layers of which `layerOutputs` tells, in the order of the topology: all with one output but the input. */
  get layersWithOutput(): string[] {
    return this.topology.nodes.flatMap(({ name, className }) =>
      className === 'InputLayer' || Array.isArray(this.model.getLayer(name).output) ? [] : [name],
    );
  }

  /**
   * Outputs of layers on inputs [n, ...shape], by name.
   * @param random - as for `forward`
   */
  layerOutputs(x: Tensor, random: RandomSource | null): Map<string, Tensor> {
    this.random = random;
    const names = this.layersWithOutput;
    this.whole ??= this.tf.model({
      inputs: this.model.inputs,
      outputs: names.map((name) => this.model.getLayer(name).output as SymbolicTensor),
    });
    const outputs = this.whole.apply(x, { training: random !== null }) as Tensor | Tensor[];
    const list = Array.isArray(outputs) ? outputs : [outputs];
    return new Map(names.map((name, i) => [name, list[i] as Tensor]));
  }

  /** Names of the moving means and variances of batch norm, in the order of the topology. */
  get movingStatistics(): string[] {
    return this.norms.flatMap((name) => MOVING.map((statistic) => `${name}/${statistic}`));
  }

  /**
   * Mean and variance of the batch at every batch norm, in a pass as in training, by the name of the moving statistic that follows them; of
   * one that runs at every step the means of those of the steps. That one is left with the same values.
   * @param random - as for `forward`, but never null
   */
  batchStatistics(x: Tensor, random: RandomSource): Map<string, Tensor> {
    const variables = this.movingStatistics.map((name) => [name, this.variables.get(name) as Variable] as const);
    // Nothing stays of what was: exactly the batch's own are left.
    for (const [, variable] of variables) variable.assign(this.tf.zerosLike(variable));
    const endings = this.norms.map((name) => averageOverCalls(this.model.getLayer(name)));
    try {
      this.forward(x, random);
    } finally {
      for (const end of endings) end();
    }
    return new Map(variables.map(([name, variable]) => [name, variable.clone()]));
  }

  private get norms(): string[] {
    return this.topology.nodes.flatMap((node) => (batchNormOf(node) === null ? [] : [node.name]));
  }

  /** Copies of all weights, in the order of the model. */
  read(): NamedTensor[] {
    return [...this.variables].map(([name, variable]) => ({
      name,
      shape: variable.shape,
      values: Float32Array.from(variable.dataSync()),
    }));
  }

  /** Overwrites one weight. */
  write(name: string, values: Float32Array): void {
    const variable = this.variables.get(name);
    if (variable === undefined) throw new PrunefrontError('PRUNEFRONT_INTERNAL', `No weight is called ${name}`);
    this.tf.tidy(() => variable.assign(this.tf.tensor(values, variable.shape, 'float32')));
  }

  /** Frees every variable. */
  dispose(): void {
    this.model.dispose();
  }
}

/** The model of a configuration, all zero: its own initializers would only take time, and those of recurrent layers leave tensors behind. */
function zeroModel(tf: Tf, config: unknown): Promise<LayersModel> {
  const zeros = JSON.stringify(config, (key, value: unknown) => {
    if (key.endsWith('_initializer')) return { class_name: 'Zeros', config: {} };
    return key === 'unit_forget_bias' ? false : value;
  });
  return tf.models.modelFromJSON(JSON.parse(zeros) as never);
}
