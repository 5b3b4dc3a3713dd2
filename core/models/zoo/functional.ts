import { parseTopology, type Topology } from '../topology.js';
import { inputLayer, type Layer } from './sequential.js';

/** A layer with the names of the layers that it takes. */
export type Placed = Layer & { readonly from: readonly string[] };

/** A graph of layers on inputs of `shape`, which the layer `input` gives; its output is that of the last one. */
export function functional(name: string, shape: readonly number[], layers: readonly Placed[]): Topology {
  const placed = [{ ...inputLayer(shape), from: [] }, ...layers].map(({ class_name, config, from }) => ({
    class_name,
    name: nameOf(config),
    config,
    inbound_nodes: from.length === 0 ? [] : [from.map((other) => [other, 0, 0, {}])],
  }));
  const output = nameOf(layers.at(-1)?.config);
  return parseTopology({
    class_name: 'Functional',
    config: { name, layers: placed, input_layers: [['input', 0, 0]], output_layers: [[output, 0, 0]] },
  });
}

function nameOf(config: Layer['config'] = {}): string {
  return String(config['name']);
}
