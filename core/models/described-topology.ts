import { PrunefrontError } from '../errors.js';
import { describeLayer, type LayerDescription, type Parameter, type Shape } from './layers/index.js';
import { type Topology, toKerasConfig } from './topology.js';

const cache = new WeakMap<Topology, readonly LayerDescription[]>();

/** Descriptions of all layers, in the order of the nodes. */
export function describeTopology(topology: Topology): readonly LayerDescription[] {
  const known = cache.get(topology);
  if (known !== undefined) return known;
  const descriptions: LayerDescription[] = [];
  for (const node of topology.nodes) {
    const inputs = node.inputs.map((i) => descriptions[i]?.output ?? []);
    descriptions.push(describeLayer(node, inputs));
  }
  cache.set(topology, descriptions);
  return descriptions;
}

/** A Keras config that tfjs builds the model from: what it needs written out is. */
export function toBuiltConfig(topology: Topology): Record<string, unknown> {
  const descriptions = describeTopology(topology);
  const nodes = topology.nodes.map((node, i) => ({ ...node, config: descriptions[i]?.built ?? node.config }));
  return toKerasConfig({ ...topology, nodes });
}

/** A weight of the model with the layer that it belongs to. */
export interface ModelParameter extends Parameter {
  /** `conv2d/kernel`. */
  readonly fullName: string;
  readonly node: number;
}

/**
 * Every weight, layer by layer, each layer's in the order of its `getWeights()`. Keras lists a model's weights so too; tfjs lists the
 * trainable ones of all layers first.
 */
export function modelParameters(topology: Topology): ModelParameter[] {
  return describeTopology(topology).flatMap(({ parameters }, node) =>
    parameters.map((parameter) => ({
      ...parameter,
      node,
      fullName: `${topology.nodes[node]?.name}/${parameter.name}`,
    })),
  );
}

/** Shape of one input example. */
export function inputShape(topology: Topology): Shape {
  const inputs = topology.nodes.flatMap(({ className }, i) => (className === 'InputLayer' ? [i] : []));
  const [first] = inputs;
  if (first === undefined || inputs.length > 1) {
    throw new PrunefrontError('PRUNEFRONT_MODEL_UNSUPPORTED', 'The model must have exactly one input', {
      place: topology.name,
      found: countedNodes(topology, inputs, 'inputs'),
      allowed: '1 input',
    });
  }
  return describeTopology(topology)[first]?.output ?? [];
}

/** Shape of the output for one example. */
export function outputShape(topology: Topology): Shape {
  const [first] = topology.outputs;
  if (first === undefined || topology.outputs.length > 1) {
    throw new PrunefrontError('PRUNEFRONT_MODEL_UNSUPPORTED', 'The model must have exactly one output', {
      place: topology.name,
      found: countedNodes(topology, topology.outputs, 'outputs'),
      allowed: '1 output',
    });
  }
  return describeTopology(topology)[first]?.output ?? [];
}

/**
 * Refuses a model of several inputs or outputs, which no sweep takes.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_UNSUPPORTED`
 */
export function requireOneInputAndOutput(topology: Topology): void {
  inputShape(topology);
  outputShape(topology);
}

/** `2 inputs: left, right` */
function countedNodes({ nodes }: Topology, which: readonly number[], what: string): string {
  const names = which.map((node) => nodes[node]?.name).join(', ');
  return `${which.length} ${what}${names === '' ? '' : `: ${names}`}`;
}
