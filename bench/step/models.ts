import { parseTopology, type Topology } from '../../core/models/topology.js';
import { zooModel } from '../../core/models/zoo/index.js';

/** The models whose training step is measured. */
export const MODELS = ['lenet300100', 'mnistCnn', 'residualCnn', 'lstm64'] as const;
export type ModelName = (typeof MODELS)[number];

/** How many times longer a peer's step should take than ours; null where the ratio is only shown. */
export interface Wanted {
  /** The faster `fit` of Keras 2 and 3 on the whole machine. */
  readonly keras: number | null;
  /** The handwritten graph in as many processes. */
  readonly handwritten: number;
  /** `fit` of tfjs, one process on each side. */
  readonly tfjs: number | null;
}

export const WANTED: Readonly<Record<ModelName, Wanted>> = {
  lenet300100: { keras: 3, handwritten: 0.95, tfjs: 6 },
  mnistCnn: { keras: 1.5, handwritten: 0.95, tfjs: 3 },
  residualCnn: { keras: null, handwritten: 0.95, tfjs: null },
  lstm64: { keras: 2, handwritten: 0.95, tfjs: 10 },
};

/** Whether a model has convolutions, so that bfloat16 is worth showing. */
export function isConvolutional(model: ModelName): boolean {
  return model === 'mnistCnn' || model === 'residualCnn';
}

/** The topology that tfjs and ours train; models.py and handwritten_models.py have the same ones. */
export function benchTopology(model: ModelName): Topology {
  switch (model) {
    case 'residualCnn':
      return parseTopology(residualCnn());
    case 'lstm64':
      return parseTopology(lstm64());
    default:
      return zooModel(model);
  }
}

/** Shape of one example of a model's input. */
export function exampleShape(model: ModelName): readonly number[] {
  return model === 'lstm64' ? [28, 28] : [28, 28, 1];
}

type KerasLayer = { readonly class_name: string; readonly name: string; readonly config: Record<string, unknown> };
type PlacedLayer = KerasLayer & { readonly inbound_nodes: unknown[][] };

const uniform = { class_name: 'GlorotUniform', config: { seed: null } };
const zeros = { class_name: 'Zeros', config: {} };

function layer(name: string, class_name: string, config: Record<string, unknown>): KerasLayer {
  return { class_name, name, config: { name, trainable: true, ...config } };
}

function inputLayer(model: ModelName): KerasLayer {
  const config = { name: 'input', batch_input_shape: [null, ...exampleShape(model)], dtype: 'float32', sparse: false };
  return { class_name: 'InputLayer', name: 'input', config };
}

function classifier(): KerasLayer {
  const initializers = { kernel_initializer: uniform, bias_initializer: zeros };
  return layer('dense', 'Dense', { units: 10, activation: 'softmax', use_bias: true, ...initializers });
}

/** A stem and three residual blocks of 16, 32 and 64 filters, the last two with stride 2 and a projection. */
function residualCnn(): unknown {
  const layers: PlacedLayer[] = [{ ...inputLayer('residualCnn'), inbound_nodes: [] }];
  const place = (made: KerasLayer, ...inputs: readonly string[]): string => {
    layers.push({ ...made, inbound_nodes: [inputs.map((name) => [name, 0, 0, {}])] });
    return made.name;
  };
  const normalised = (name: string, from: string, filters: number, size: number, stride: number): string => {
    const window = { kernel_size: [size, size], strides: [stride, stride], padding: 'same', dilation_rate: [1, 1] };
    const rest = { data_format: 'channels_last', activation: 'linear', use_bias: false, kernel_initializer: uniform };
    const convolved = place(layer(`${name}_conv`, 'Conv2D', { filters, ...window, ...rest }), from);
    return place(layer(`${name}_bn`, 'BatchNormalization', { axis: -1, momentum: 0.99, epsilon: 0.001 }), convolved);
  };
  const relu = (name: string, from: string): string => place(layer(name, 'Activation', { activation: 'relu' }), from);
  let last = relu('stem_relu', normalised('stem', 'input', 16, 3, 1));
  for (const [filters, stride] of [
    [16, 1],
    [32, 2],
    [64, 2],
  ] as const) {
    const name = `block${filters}`;
    const inner = relu(`${name}_relu1`, normalised(`${name}_1`, last, filters, 3, stride));
    const outer = normalised(`${name}_2`, inner, filters, 3, 1);
    const shortcut = stride === 1 ? last : normalised(`${name}_projection`, last, filters, 1, stride);
    last = relu(`${name}_relu2`, place(layer(`${name}_add`, 'Add', {}), outer, shortcut));
  }
  const pooled = place(layer('pool', 'GlobalAveragePooling2D', { data_format: 'channels_last' }), last);
  place(classifier(), pooled);
  const ends = { input_layers: [['input', 0, 0]], output_layers: [['dense', 0, 0]] };
  return { class_name: 'Functional', config: { name: 'residualCnn', layers, ...ends } };
}

/** The rows of the image as a sequence of 28, which an LSTM of 64 units reads. */
function lstm64(): unknown {
  const activations = { activation: 'tanh', recurrent_activation: 'sigmoid' };
  const initializers = {
    kernel_initializer: uniform,
    recurrent_initializer: { class_name: 'Orthogonal', config: { gain: 1, seed: null } },
    bias_initializer: zeros,
  };
  const flags = { use_bias: true, unit_forget_bias: true, return_sequences: false };
  const lstm = layer('lstm', 'LSTM', { units: 64, ...activations, ...flags, ...initializers });
  return { class_name: 'Sequential', config: { name: 'lstm64', layers: [inputLayer('lstm64'), lstm, classifier()] } };
}
