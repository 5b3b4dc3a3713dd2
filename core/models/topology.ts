import { PrunefrontError } from '../errors.js';

/** A layer's Keras config, keys in snake case. */
export type LayerConfig = Readonly<Record<string, unknown>>;

/** One layer of the graph. */
export interface LayerNode {
  readonly name: string;
  /** Keras class name: `Conv2D`. */
  readonly className: string;
  readonly config: LayerConfig;
  /** Indices of the nodes whose outputs it takes. */
  readonly inputs: readonly number[];
}

/** A model as a graph of layers in topological order. */
export interface Topology {
  readonly name: string;
  readonly form: 'Sequential' | 'Functional';
  readonly nodes: readonly LayerNode[];
  /** Indices of the nodes whose outputs are the model's. */
  readonly outputs: readonly number[];
}

interface KerasLayer {
  readonly class_name: string;
  readonly name?: string;
  readonly config: Record<string, unknown>;
  readonly inbound_nodes?: unknown[][];
}

/**
 * The graph of a Keras 2 or tfjs model config; takes the config itself, a `model_config`, or the `modelTopology` of a model.json.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_FORMAT`, `PRUNEFRONT_MODEL_UNSUPPORTED`
 */
export function parseTopology(json: unknown): Topology {
  const root = unwrap(json);
  const layers: unknown = Array.isArray(root.config) ? root.config : root.config['layers'];
  const name = Array.isArray(root.config) ? 'sequential' : String(root.config['name'] ?? 'model');
  if (!Array.isArray(layers) || layers.length === 0)
    throw format('a config with layers', JSON.stringify(json)?.slice(0, 80) ?? 'nothing');
  if (!layers.every(isLayer))
    throw format(
      'layers with class_name and config',
      JSON.stringify(layers.find((layer) => !isLayer(layer)))?.slice(0, 80) ?? 'nothing',
    );
  switch (root.class_name) {
    case 'Sequential':
      return sequential(name, layers);
    case 'Functional':
    case 'Model':
      return functional(name, layers, (root.config as Record<string, unknown>)['output_layers']);
    default:
      throw format('Sequential, Functional or Model', String(root.class_name));
  }
}

/** A Keras config that tfjs and Keras 2 load. */
export function toKerasConfig({ name, form, nodes, outputs }: Topology): Record<string, unknown> {
  if (form === 'Sequential') {
    return {
      class_name: 'Sequential',
      config: { name, layers: nodes.map(({ className, config }) => ({ class_name: className, config })) },
    };
  }
  const layers = nodes.map((node) => ({
    class_name: node.className,
    name: node.name,
    config: node.config,
    inbound_nodes: node.inputs.length === 0 ? [] : [node.inputs.map((i) => [nodes[i]?.name, 0, 0, {}])],
  }));
  const inputs = nodes.filter(({ className }) => className === 'InputLayer');
  return {
    class_name: 'Functional',
    config: {
      name,
      layers,
      input_layers: inputs.map((node) => [node.name, 0, 0]),
      output_layers: outputs.map((i) => [nodes[i]?.name, 0, 0]),
    },
  };
}

/** Index of the node of a layer. */
export function nodeIndex(topology: Topology, layer: string): number {
  const index = topology.nodes.findIndex(({ name }) => name === layer);
  if (index >= 0) return index;
  throw new PrunefrontError('PRUNEFRONT_MODEL_UNSUPPORTED', `The model has no layer ${layer}`, {
    found: layer,
    allowed: topology.nodes.map(({ name }) => name).join(', '),
  });
}

function isLayer(value: unknown): value is KerasLayer {
  const { class_name, config } = (typeof value === 'object' && value !== null ? value : {}) as Partial<
    Record<keyof KerasLayer, unknown>
  >;
  return typeof class_name === 'string' && typeof config === 'object' && config !== null;
}

function unwrap(json: unknown): { class_name: string; config: Record<string, unknown> } {
  if (typeof json !== 'object' || json === null) throw format('a JSON object', String(json));
  const object = json as Record<string, unknown>;
  for (const key of ['modelTopology', 'model_config']) if (key in object) return unwrap(object[key]);
  if (typeof object['class_name'] !== 'string' || typeof object['config'] !== 'object' || object['config'] === null) {
    throw format('class_name and config', Object.keys(object).join(', '));
  }
  return object as { class_name: string; config: Record<string, unknown> };
}

function sequential(name: string, layers: readonly KerasLayer[]): Topology {
  const nodes: LayerNode[] = [];
  const [first] = layers;
  if (first !== undefined && first.class_name !== 'InputLayer') {
    const shape = first.config['batch_input_shape'];
    if (!Array.isArray(shape)) throw format('batch_input_shape on the first layer', String(shape));
    nodes.push({
      name: 'input',
      className: 'InputLayer',
      config: { batch_input_shape: shape, dtype: 'float32', sparse: false, name: 'input' },
      inputs: [],
    });
  }
  for (const layer of layers) nodes.push({ ...node(layer), inputs: nodes.length === 0 ? [] : [nodes.length - 1] });
  return { name, form: 'Sequential', nodes, outputs: [nodes.length - 1] };
}

function functional(name: string, layers: readonly KerasLayer[], outputLayers: unknown): Topology {
  const inboundNames = (layer: KerasLayer): string[] => {
    const calls = layer.inbound_nodes ?? [];
    if (calls.length > 1)
      throw unsupported(layer, 'a layer that is called more than once', 'a layer of its own for each call');
    const [call] = calls;
    if (call === undefined) return [];
    if (!Array.isArray(call))
      throw unsupported(layer, 'inbound nodes in the form of Keras 3', 'those of Keras 2 or tfjs');
    return call.map((entry) => String((entry as unknown[])[0]));
  };
  const pending = new Map(layers.map((layer) => [layer.name ?? String(layer.config['name']), layer]));
  const nodes: LayerNode[] = [];
  const placed = new Map<string, number>();
  while (pending.size > 0) {
    const ready = [...pending].find(([, layer]) => inboundNames(layer).every((input) => placed.has(input)));
    if (ready === undefined) throw format('a graph without cycles', [...pending.keys()].join(', '));
    const [key, layer] = ready;
    placed.set(key, nodes.length);
    nodes.push({ ...node(layer), inputs: inboundNames(layer).map((input) => placed.get(input) ?? 0) });
    pending.delete(key);
  }
  const list = outputLayers as unknown[];
  const named = Array.isArray(list) && typeof list[0] === 'string' ? [list] : list;
  const outputs = (named ?? []).map((entry) => placed.get(String((entry as unknown[])[0])) ?? nodes.length - 1);
  return { name, form: 'Functional', nodes, outputs };
}

function node(layer: KerasLayer): Omit<LayerNode, 'inputs'> {
  return {
    name: String(layer.config['name'] ?? layer.name),
    className: layer.class_name,
    config: plainConfig(layer.config),
  };
}

/** Strips what Keras 2.13+ adds (`module`, `registered_name`) and writes an axis list of one as a number, as tfjs wants it. */
function plainConfig(config: Record<string, unknown>): LayerConfig {
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).filter(([key]) => key !== 'module' && key !== 'registered_name');
    return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
  };
  const { axis, ...rest } = plain(config) as Record<string, unknown>;
  if (axis === undefined) return rest;
  return { ...rest, axis: Array.isArray(axis) && axis.length === 1 ? axis[0] : axis };
}

function format(allowed: string, found: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_MODEL_FORMAT', 'The model is not a Keras 2 or tfjs LayersModel topology', {
    found,
    allowed,
  });
}

function unsupported(layer: KerasLayer, found: string, allowed: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_MODEL_UNSUPPORTED', 'The model has a layer that Prunefront cannot handle', {
    place: layer.name ?? layer.class_name,
    found,
    allowed,
  });
}
